/// Bytes by key under one growing revision. Knows nothing of Kubernetes.
@NullMarked
package io.kemudi.store;

import org.jspecify.annotations.NullMarked;
