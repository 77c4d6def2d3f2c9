package io.kemudi.apiserver.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.Authorization;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.Statuses;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WatchOptions;
import io.kemudi.cluster.v1.Form;
import io.kemudi.cluster.v1.WatchEvent;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.cluster.v1.WatchStart;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// All watches of one client on one stream. A watch that has something queues up once; one virtual
/// thread at a time polls the queue and sends, as long as the client takes more. Nothing is
/// buffered here: a client that takes nothing lets its watches fall behind until the cache cuts
/// them off.
final class WatchMultiplexer implements StreamObserver<WatchRequest> {
  private static final int MAX_WATCHES = 1000;

  private final Registry registry;
  private final Supplier<AuditedCalls> calls;
  private final ServerCallStreamObserver<WatchReply> observer;

  /// The client's number -> its watch.
  private final Map<Long, Numbered> watches = new ConcurrentHashMap<>();

  private final ConcurrentLinkedQueue<Numbered> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger due = new AtomicInteger();
  private volatile boolean closed;

  private final class Numbered {
    final long number;
    final Form form;
    final ObjectWatch watch;
    final AuditedCalls.Open call;
    final AtomicBoolean queued = new AtomicBoolean();

    Numbered(long number, Form form, ObjectWatch watch, AuditedCalls.Open call) {
      this.call = call;
      this.number = number;
      this.form = form;
      this.watch = watch;
    }

    void enqueue() {
      if (queued.compareAndSet(false, true)) {
        ready.add(this);
        schedule();
      }
    }
  }

  WatchMultiplexer(
      Registry registry,
      Supplier<AuditedCalls> calls,
      ServerCallStreamObserver<WatchReply> observer) {
    this.registry = registry;
    this.calls = calls;
    this.observer = observer;
    observer.setOnReadyHandler(this::schedule);
    observer.setOnCancelHandler(this::close);
  }

  // ---- what the client asks for ----

  @Override
  public void onNext(WatchRequest request) {
    switch (request.getControlCase()) {
      case START -> start(request.getStart());
      case STOP -> stop(request.getStop());
      case CONTROL_NOT_SET -> {}
    }
  }

  private void start(WatchStart start) {
    try {
      if (watches.size() >= MAX_WATCHES || watches.containsKey(start.getWatch())) {
        throw ApiException.badRequest(
            "watch " + start.getWatch() + " is open already, or one of too many");
      }
      Target target = GrpcTranslation.target(registry.resources(), start.getTarget());
      GrpcTranslation.requireReadable(target, start.getForm());
      AuditedCalls.Open call =
          calls.get().open(Authorization.ofCollection("watch", target, start.getFieldSelector()));
      Numbered watch =
          new Numbered(start.getWatch(), start.getForm(), watch(call, target, start), call);
      call.started();
      watches.put(watch.number, watch);
      watch.watch.onReady(watch::enqueue);
      if (closed) {
        close();
      }
    } catch (ApiException e) {
      send(failure(start.getWatch(), e));
    } catch (RuntimeException e) {
      send(failure(start.getWatch(), ClusterService.internal(e)));
    }
  }

  private ObjectWatch watch(AuditedCalls.Open call, Target target, WatchStart start) {
    try {
      Authorization.requireCollection(call.context(), "watch", target, start.getFieldSelector());
      GrpcTranslation.requireReadable(target, start.getForm());
      return registry.watch(call.context(), target, options(start));
    } catch (ApiException e) {
      call.refused(e);
      throw e;
    }
  }

  private static WatchOptions options(WatchStart start) {
    boolean fromNow = start.getAfterRevision() == 0;
    return new WatchOptions(
        start.getLabelSelector(),
        start.getFieldSelector(),
        fromNow ? start.getResourceVersion() : Long.toString(start.getAfterRevision()),
        fromNow ? "NotOlderThan" : "",
        fromNow ? true : null,
        true);
  }

  private void stop(long number) {
    Numbered watch = watches.remove(number);
    if (watch != null) {
      watch.watch.close();
      watch.call.ended();
    }
  }

  @Override
  public void onError(Throwable gone) {
    close();
  }

  @Override
  public void onCompleted() {
    close();
    try {
      observer.onCompleted();
    } catch (IllegalStateException alreadyClosed) {
      // The client has gone at the same moment.
    }
  }

  private void close() {
    closed = true;
    List.copyOf(watches.keySet()).forEach(this::stop);
  }

  // ---- what the client gets ----

  private void schedule() {
    if (due.getAndIncrement() == 0) {
      Thread.ofVirtual().name("grpc-watch").start(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = due.get();
      drain();
    } while (!due.compareAndSet(seen, 0));
  }

  private void drain() {
    while (!closed && observer.isReady()) {
      Numbered next = ready.poll();
      if (next == null) {
        return;
      }
      next.queued.set(false);
      if (watches.get(next.number) == next) {
        drain(next);
      }
    }
  }

  private void drain(Numbered watch) {
    WatchReply reply;
    boolean more;
    try {
      List<ObjectEvent> events = watch.watch.poll();
      more = !events.isEmpty();
      reply = reply(watch, events);
    } catch (ApiException e) {
      stop(watch.number);
      send(failure(watch.number, e));
      return;
    }
    if (more) {
      send(reply);
      watch.enqueue();
    }
  }

  private static WatchReply reply(Numbered watch, List<ObjectEvent> events) {
    WatchReply.Builder reply = WatchReply.newBuilder().setWatch(watch.number);
    for (ObjectEvent event : events) {
      WatchEvent.Builder into =
          reply.addEventsBuilder().setType(type(event)).setRevision(event.revision());
      if (!event.isBookmark()) {
        into.setObject(GrpcTranslation.bytes(event.object(), watch.form));
      }
    }
    return reply.build();
  }

  private static WatchEvent.Type type(ObjectEvent event) {
    return switch (event.type()) {
      case ADDED -> WatchEvent.Type.ADDED;
      case MODIFIED -> WatchEvent.Type.MODIFIED;
      case DELETED -> WatchEvent.Type.DELETED;
      case BOOKMARK -> WatchEvent.Type.BOOKMARK;
      case INITIAL_EVENTS_END -> WatchEvent.Type.INITIAL_EVENTS_END;
    };
  }

  private static WatchReply failure(long number, ApiException why) {
    ByteString status = Statuses.of(why).toByteString();
    return WatchReply.newBuilder()
        .setWatch(number)
        .addEvents(WatchEvent.newBuilder().setType(WatchEvent.Type.ERROR).setObject(status))
        .build();
  }

  /// gRPC's observers take one thread at a time.
  private void send(WatchReply reply) {
    synchronized (observer) {
      if (!closed) {
        observer.onNext(reply);
      }
    }
  }
}
