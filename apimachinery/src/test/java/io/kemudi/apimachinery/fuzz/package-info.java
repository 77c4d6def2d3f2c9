@NullMarked
package io.kemudi.apimachinery.fuzz;

import org.jspecify.annotations.NullMarked;
