/// Who owns which field: managedFields on every write, and server-side apply.
@NullMarked
package io.kemudi.apimachinery.apply;

import org.jspecify.annotations.NullMarked;
