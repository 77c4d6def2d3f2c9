package io.kemudi.store.etcd;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.kemudi.store.KeyValue;
import io.kemudi.store.Keys;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The store of clusters: etcd 3.4 or later.
///
/// Reads are tried again on another member; a transaction that got no answer is not, for it may
/// have happened. etcd bounds requests itself too: for the limits of [Store] to hold it needs
/// `--max-request-bytes=4194304`, else larger requests end with [StoreException.TooLarge] earlier.
///
/// No progress is requested from etcd, since before 3.4.31 and 3.5.13 it reports revisions whose
/// events are yet to come. A watch of the whole key space needs none: every revision has an event.
public final class EtcdStore implements Store {
  private static final int READ_ATTEMPTS = 3;

  /// A linearizable range of nothing, for its header.
  private static final io.etcd.jetcd.api.RangeRequest REVISION_REQUEST =
      io.etcd.jetcd.api.RangeRequest.newBuilder()
          .setKey(Wire.key(Keys.FIRST))
          .setCountOnly(true)
          .build();

  private final EtcdConfig config;
  private final ManagedChannel channel;
  private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private EtcdStore(EtcdConfig config) {
    this.config = config;
    channel = EtcdChannel.open(config);
  }

  /// Connects when first used.
  public static EtcdStore open(EtcdConfig config) {
    return new EtcdStore(config);
  }

  @Override
  public RangeResult range(RangeRequest request) {
    var wire =
        io.etcd.jetcd.api.RangeRequest.newBuilder()
            .setKey(Wire.key(request.start()))
            .setRangeEnd(Wire.end(request.end()))
            .setRevision(request.revision())
            .setLimit(request.limit())
            .setKeysOnly(request.keysOnly())
            .setCountOnly(request.countOnly())
            .build();
    try {
      return result(retried(() -> kv().range(wire)));
    } catch (StatusRuntimeException e) {
      throw rangeFailure(request, e);
    }
  }

  private static RangeResult result(RangeResponse response) {
    return new RangeResult(
        pairs(response),
        response.getHeader().getRevision(),
        response.getCount(),
        response.getMore());
  }

  private static List<KeyValue> pairs(RangeResponse response) {
    var pairs = new ArrayList<KeyValue>(response.getKvsCount());
    for (io.etcd.jetcd.api.KeyValue pair : response.getKvsList()) {
      pairs.add(Wire.pair(pair));
    }
    return pairs;
  }

  private StoreException rangeFailure(RangeRequest request, StatusRuntimeException e) {
    if (EtcdErrors.isCompacted(e)) {
      return new StoreException.Compacted(request.revision(), 0);
    }
    if (EtcdErrors.isFutureRevision(e)) {
      return new StoreException.FutureRevision(request.revision(), revision());
    }
    return failure("read " + request.start(), e);
  }

  @Override
  public TxnResult txn(Txn txn) {
    txn.requireWithinLimits();
    TxnRequest request = request(txn);
    try {
      TxnResponse response =
          txn.writes().isEmpty() ? retried(() -> kv().txn(request)) : kv().txn(request);
      return result(response);
    } catch (StatusRuntimeException e) {
      if (EtcdErrors.isLeaseNotFound(e)) {
        throw new StoreException.LeaseNotFound(lease(txn));
      }
      throw failure("write", e);
    }
  }

  private static TxnRequest request(Txn txn) {
    var request = TxnRequest.newBuilder();
    for (Txn.Condition condition : txn.conditions()) {
      var key = Wire.key(condition.key());
      request.addCompare(
          Compare.newBuilder()
              .setKey(key)
              .setTarget(Compare.CompareTarget.MOD)
              .setResult(Compare.CompareResult.EQUAL)
              .setModRevision(condition.modRevision()));
      request.addFailure(
          RequestOp.newBuilder()
              .setRequestRange(io.etcd.jetcd.api.RangeRequest.newBuilder().setKey(key)));
    }
    for (Txn.Write write : txn.writes()) {
      request.addSuccess(
          switch (write) {
            case Txn.Put put ->
                RequestOp.newBuilder()
                    .setRequestPut(
                        PutRequest.newBuilder()
                            .setKey(Wire.key(put.key()))
                            .setValue(Wire.value(put.value()))
                            .setLease(put.lease()));
            case Txn.Delete delete ->
                RequestOp.newBuilder()
                    .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(Wire.key(delete.key())));
          });
    }
    return request.build();
  }

  private static TxnResult result(TxnResponse response) {
    long revision = response.getHeader().getRevision();
    if (response.getSucceeded()) {
      return new TxnResult.Committed(revision);
    }
    var current = new ArrayList<KeyValue>();
    for (ResponseOp answer : response.getResponsesList()) {
      current.addAll(pairs(answer.getResponseRange()));
    }
    return new TxnResult.Conflict(revision, current);
  }

  private static long lease(Txn txn) {
    for (Txn.Write write : txn.writes()) {
      if (write instanceof Txn.Put put && put.lease() != 0) {
        return put.lease();
      }
    }
    return 0;
  }

  @Override
  public StoreWatch watch(String start, String end, long afterRevision) {
    // etcd accepts to begin with the compacted revision itself, whose deletions may be gone. So a
    // watch of the past begins one revision early, which etcd refuses exactly when it should; a
    // watch of the future begins at the point, which spares etcd looking into history.
    long from = afterRevision < revision() ? afterRevision : afterRevision + 1;
    var watch =
        new EtcdWatch(start, end, afterRevision, config.watchBufferEvents(), watches::remove);
    watches.add(watch);
    watch.establish(watchStub(), Math.max(from, 1), config.callTimeout());
    if (closed) {
      watch.close();
    }
    return watch;
  }

  /// A member that has lost its cluster ends our watch instead of keeping silent.
  private WatchGrpc.WatchStub watchStub() {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    return WatchGrpc.newStub(channel)
        .withWaitForReady()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public long revision() {
    try {
      return retried(() -> kv().range(REVISION_REQUEST)).getHeader().getRevision();
    } catch (StatusRuntimeException e) {
      throw failure("tell its revision", e);
    }
  }

  @Override
  public void compact(long revision) {
    try {
      var unused = kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
    } catch (StatusRuntimeException e) {
      if (EtcdErrors.isFutureRevision(e)) {
        throw new StoreException.FutureRevision(revision, revision());
      }
      if (!EtcdErrors.isCompacted(e)) {
        throw failure("compact", e);
      }
    }
  }

  @Override
  public Lease grant(Duration timeToLive) {
    // Never shorter than asked for.
    long seconds = timeToLive.plusSeconds(1).minusNanos(1).toSeconds();
    var request = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
    throwIfClosed();
    try {
      var stub =
          LeaseGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .withDeadlineAfter(config.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return new EtcdLease(channel, config.callTimeout(), stub.leaseGrant(request).getID());
    } catch (StatusRuntimeException e) {
      throw failure("grant a lease", e);
    }
  }

  private KVGrpc.KVBlockingStub kv() {
    throwIfClosed();
    reconnectSoon();
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(config.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /// gRPC waits up to two minutes before it tries a lost server again; a call must not wait for it.
  private void reconnectSoon() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  private static <T> T retried(Supplier<T> read) {
    for (int attempt = 1; ; attempt++) {
      try {
        return read.get();
      } catch (StatusRuntimeException e) {
        if (attempt == READ_ATTEMPTS || !EtcdErrors.isTransient(e)) {
          throw e;
        }
      }
    }
  }

  private StoreException failure(String what, StatusRuntimeException e) {
    if (closed) {
      return new StoreException.Unavailable("the store is closed", e);
    }
    boolean waited = e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
    return EtcdErrors.failure(what, waited ? whyNotConnected(e) : e);
  }

  /// A call that waited in vain for a connection does not say what is wrong with it; one that does
  /// not wait does.
  private StatusRuntimeException whyNotConnected(StatusRuntimeException timeout) {
    if (channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
      return timeout;
    }
    try {
      var unused =
          KVGrpc.newBlockingStub(channel)
              .withDeadlineAfter(1, TimeUnit.SECONDS)
              .range(REVISION_REQUEST);
      return timeout;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private void throwIfClosed() {
    if (closed) {
      throw new StoreException.Unavailable("the store is closed", null);
    }
  }

  @Override
  public void close() {
    closed = true;
    watches.forEach(EtcdWatch::close);
    channel.shutdownNow();
    try {
      var unused = channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
