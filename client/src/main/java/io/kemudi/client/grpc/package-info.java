/// The ApiClient over our own gRPC API.
@NullMarked
package io.kemudi.client.grpc;

import org.jspecify.annotations.NullMarked;
