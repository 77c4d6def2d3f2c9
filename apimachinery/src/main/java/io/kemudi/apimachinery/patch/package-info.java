/// The patches of the Kubernetes API, on trees.
@NullMarked
package io.kemudi.apimachinery.patch;

import org.jspecify.annotations.NullMarked;
