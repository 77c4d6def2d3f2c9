/// Expressions in the Common Expression Language, as Kubernetes uses it: what may be said
/// ([CelEnvironment]), what it means ([CelExpression]), what it may cost ([CelCosts], [CelBudget]).
///
/// The language itself is cel-java's; the function libraries of Kubernetes, its cost model and its
/// error texts are ours. Nothing of this is loaded before the first expression is compiled.
@NullMarked
package io.kemudi.apimachinery.cel;

import org.jspecify.annotations.NullMarked;
