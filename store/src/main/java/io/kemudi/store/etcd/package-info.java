/// The store of clusters: etcd 3.4 or later over gRPC.
@NullMarked
package io.kemudi.store.etcd;

import org.jspecify.annotations.NullMarked;
