/// What is asked of a pod's specification in more than one place: its containers, the objects it
/// refers to, how much it takes. Pure functions on messages.
@NullMarked
package io.kemudi.apimachinery.pods;

import org.jspecify.annotations.NullMarked;
