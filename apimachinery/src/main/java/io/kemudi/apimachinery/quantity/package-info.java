/// Amounts of resources as the API writes them.
@NullMarked
package io.kemudi.apimachinery.quantity;

import org.jspecify.annotations.NullMarked;
