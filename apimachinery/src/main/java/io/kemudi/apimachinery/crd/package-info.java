/// Custom resources: the structural schemas that their definitions carry, and what follows from
/// one: pruning, defaulting, validation of values, rules in the expression language and their cost.
@NullMarked
package io.kemudi.apimachinery.crd;

import org.jspecify.annotations.NullMarked;
