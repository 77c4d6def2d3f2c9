package io.kemudi.store.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kemudi.store.KeyValue;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A watch on a gRPC stream of its own.
///
/// History is pulled as it is polled (gRPC's flow control holds etcd back); once caught up, a full
/// buffer ends the watch. It ends with its connection: the next watch finds another member.
final class EtcdWatch implements StoreWatch, ClientResponseObserver<WatchRequest, WatchResponse> {
  /// Bytes of values that may wait to be polled (semi-arbitrary).
  private static final long MAX_BUFFER_BYTES = 64 << 20;

  private record Buffered(Batch batch, long bytes) {}

  private final String start;
  private final String end;
  private final long after;
  private final int maxEvents;
  private final Consumer<EtcdWatch> onEnd;
  private final CompletableFuture<Void> created = new CompletableFuture<>();

  private volatile @Nullable Runnable listener;
  private volatile @Nullable ClientCallStreamObserver<WatchRequest> stream;

  // Guarded by this.
  private final ArrayDeque<Buffered> buffer = new ArrayDeque<>();
  private long bufferedEvents;
  private long bufferedBytes;
  private boolean held;
  private @Nullable StoreException ended;

  /// The revision at which the watch was created. Touched by gRPC's thread only.
  private long liveFrom;

  EtcdWatch(String start, String end, long after, int maxEvents, Consumer<EtcdWatch> onEnd) {
    this.start = start;
    this.end = end;
    this.after = after;
    this.maxEvents = maxEvents;
    this.onEnd = onEnd;
  }

  /// Opens the stream and waits until etcd watches.
  void establish(WatchGrpc.WatchStub stub, long fromRevision, Duration timeout) {
    var request =
        WatchCreateRequest.newBuilder()
            .setKey(Wire.key(start))
            .setRangeEnd(Wire.end(end))
            .setStartRevision(fromRevision)
            .setPrevKv(true)
            .build();
    try {
      stub.watch(this).onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
      created.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw ended(e);
    } catch (TimeoutException e) {
      throw ended(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ended(e);
    }
  }

  private StoreException ended(Exception e) {
    Throwable cause = e instanceof ExecutionException ? Objects.requireNonNull(e.getCause()) : e;
    if (cause instanceof StoreException failure) {
      return failure;
    }
    var failure =
        new StoreException.Unavailable("etcd did not begin the watch of " + start + " in time", e);
    end(failure);
    return failure;
  }

  // ---- from etcd, on gRPC's thread

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
    this.stream = stream;
    stream.disableAutoRequestWithInitial(1);
  }

  @Override
  public void onNext(WatchResponse response) {
    if (response.getCanceled()) {
      end(cancelled(response));
    } else if (response.getCreated()) {
      liveFrom = response.getHeader().getRevision();
      created.complete(null);
      pull();
    } else {
      accept(response);
    }
  }

  private StoreException cancelled(WatchResponse response) {
    long compacted = response.getCompactRevision();
    return compacted != 0
        ? new StoreException.Compacted(after, compacted)
        : new StoreException.Unavailable(
            "etcd ended the watch of " + start + ": " + response.getCancelReason(), null);
  }

  /// Responses hold whole revisions: etcd splits them only for clients that ask for fragments.
  private void accept(WatchResponse response) {
    var events = new ArrayList<StoreEvent>(response.getEventsCount());
    for (Event event : response.getEventsList()) {
      if (event.getKv().getModRevision() > after) {
        events.add(event(event));
      }
    }
    if (events.isEmpty() || add(events)) {
      pull();
    }
    signal();
  }

  private static StoreEvent event(Event event) {
    KeyValue previous = event.hasPrevKv() ? Wire.pair(event.getPrevKv()) : null;
    KeyValue current = Wire.pair(event.getKv());
    return event.getType() == Event.EventType.DELETE
        ? new StoreEvent.Delete(current.key(), current.modRevision(), previous)
        : new StoreEvent.Put(current, previous);
  }

  /// Buffers a batch; whether more may come at once.
  private boolean add(List<StoreEvent> events) {
    boolean live = events.getFirst().revision() > liveFrom;
    boolean full;
    synchronized (this) {
      if (ended != null) {
        return false;
      }
      // The header's revision would be ahead of the events when etcd is catching up.
      var batch = new Batch(events, events.getLast().revision());
      long bytes = valueBytes(events);
      buffer.add(new Buffered(batch, bytes));
      bufferedEvents += events.size();
      bufferedBytes += bytes;
      full = isFull();
      held = full && !live;
    }
    if (full && live) {
      end(
          new StoreException.SlowWatcher(
              "the watch of %s was not polled while %d events came"
                  .formatted(start, bufferedEvents)));
    }
    return !full;
  }

  private boolean isFull() {
    return bufferedEvents > maxEvents || bufferedBytes > MAX_BUFFER_BYTES;
  }

  private static long valueBytes(List<StoreEvent> events) {
    long sum = 0;
    for (StoreEvent event : events) {
      KeyValue previous = event.previous();
      sum += previous == null ? 0 : previous.value().length;
      if (event instanceof StoreEvent.Put put) {
        sum += put.current().value().length;
      }
    }
    return sum;
  }

  private void pull() {
    ClientCallStreamObserver<WatchRequest> current = stream;
    if (current != null) {
      current.request(1);
    }
  }

  @Override
  public void onError(Throwable e) {
    end(EtcdErrors.failure("go on with the watch of " + start, e));
  }

  @Override
  public void onCompleted() {
    end(new StoreException.Unavailable("etcd ended the watch of " + start, null));
  }

  // ---- towards the consumer

  @Override
  public @Nullable Batch poll() {
    Buffered next;
    boolean resume;
    synchronized (this) {
      if (ended != null) {
        throw ended;
      }
      next = buffer.poll();
      if (next == null) {
        return null;
      }
      bufferedEvents -= next.batch().events().size();
      bufferedBytes -= next.bytes();
      resume = held && !isFull();
      held &= !resume;
    }
    if (resume) {
      pull();
    }
    return next.batch();
  }

  @Override
  public void onReady(Runnable listener) {
    this.listener = listener;
    listener.run();
  }

  private void signal() {
    Runnable current = listener;
    if (current != null) {
      current.run();
    }
  }

  private void end(StoreException reason) {
    synchronized (this) {
      if (ended != null) {
        return;
      }
      ended = reason;
      buffer.clear();
    }
    onEnd.accept(this);
    created.completeExceptionally(reason);
    ClientCallStreamObserver<WatchRequest> current = stream;
    if (current != null) {
      current.cancel("the watch has ended", null);
    }
    signal();
  }

  @Override
  public void close() {
    end(new StoreException.Unavailable("the watch of " + start + " is closed", null));
  }
}
