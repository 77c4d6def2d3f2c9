/// Label and field selectors: parsing and matching.
@NullMarked
package io.kemudi.apimachinery.selector;

import org.jspecify.annotations.NullMarked;
