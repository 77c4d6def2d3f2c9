/// The API as a client sees it, over gRPC (ours) or REST (any Kubernetes server).
@NullMarked
package io.kemudi.client.api;

import org.jspecify.annotations.NullMarked;
