/// Refusals as the API words them: Status, reasons, causes.
@NullMarked
package io.kemudi.apimachinery.errors;

import org.jspecify.annotations.NullMarked;
