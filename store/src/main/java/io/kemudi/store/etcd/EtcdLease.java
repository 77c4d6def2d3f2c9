package io.kemudi.store.etcd;

import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// A lease that etcd keeps.
record EtcdLease(Channel channel, Duration timeout, long id) implements Store.Lease {
  /// etcd offers this as a stream only; ours is opened for one request, since the deadline of each
  /// is its own.
  @Override
  public void keepAlive() {
    var answer = new FirstAnswer();
    StreamObserver<LeaseKeepAliveRequest> requests =
        LeaseGrpc.newStub(channel)
            .withWaitForReady()
            .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .leaseKeepAlive(answer);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    LeaseKeepAliveResponse response;
    try {
      response = answer.future.join();
    } catch (CompletionException e) {
      throw EtcdErrors.failure("keep a lease alive", Objects.requireNonNull(e.getCause()));
    } finally {
      requests.onCompleted();
    }
    if (response.getTTL() <= 0) {
      throw new StoreException.LeaseNotFound(id);
    }
  }

  @Override
  public void revoke() {
    try {
      var unused =
          LeaseGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    } catch (StatusRuntimeException e) {
      if (!EtcdErrors.isLeaseNotFound(e)) {
        throw EtcdErrors.failure("revoke a lease", e);
      }
    }
  }

  private static final class FirstAnswer implements StreamObserver<LeaseKeepAliveResponse> {
    private final CompletableFuture<LeaseKeepAliveResponse> future = new CompletableFuture<>();

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      future.complete(response);
    }

    @Override
    public void onError(Throwable e) {
      future.completeExceptionally(e);
    }

    @Override
    public void onCompleted() {
      future.completeExceptionally(new IllegalStateException("etcd ended the stream"));
    }
  }
}
