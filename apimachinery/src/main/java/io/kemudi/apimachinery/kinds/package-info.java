/// What is known of each kind: the table of served resources, and the named functions (default,
/// prepare, validate, print) of every kind.
@NullMarked
package io.kemudi.apimachinery.kinds;

import org.jspecify.annotations.NullMarked;
