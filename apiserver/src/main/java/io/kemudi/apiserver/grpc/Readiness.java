package io.kemudi.apiserver.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;

/// Waits until a client takes more. gRPC calls back on the thread that is waiting here, so this
/// looks again after short pauses.
final class Readiness {
  private static final long LONGEST_MS = 30_000;

  private Readiness() {}

  /// @throws ApiException when the client has gone or takes nothing for half a minute
  static void await(ServerCallStreamObserver<?> observer) throws InterruptedException {
    for (long waitedMs = 0; !observer.isReady(); waitedMs++) {
      if (observer.isCancelled() || waitedMs > LONGEST_MS) {
        throw new ApiException(StatusReason.TIMEOUT, "the client takes no more");
      }
      Thread.sleep(1);
    }
  }
}
