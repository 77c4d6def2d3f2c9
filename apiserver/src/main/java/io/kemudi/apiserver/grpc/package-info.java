/// The components' way in: the Cluster service over the same Registry.
@NullMarked
package io.kemudi.apiserver.grpc;

import org.jspecify.annotations.NullMarked;
