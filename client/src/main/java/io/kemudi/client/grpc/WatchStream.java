package io.kemudi.client.grpc;

import com.google.protobuf.Message;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.Statuses;
import io.kemudi.client.api.WatchEvent;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.cluster.v1.ClusterGrpc.ClusterStub;
import io.kemudi.cluster.v1.Form;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.cluster.v1.WatchStart;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All watches of a client over one gRPC stream. The stream is opened by the first watch and, after
/// it broke, by the next one; a broken stream fails its watches, whose owners watch again from
/// where they were.
///
/// At most [#WINDOW] replies are held: a reply is asked for when one has been polled. A watch that
/// nobody polls would so in time stop all others; one that holds back the stream for longer than
/// [#STALL_LIMIT] is cut off alone.
final class WatchStream {
  private static final Logger log = LoggerFactory.getLogger(WatchStream.class);
  static final int WINDOW = 64;
  static final Duration STALL_LIMIT = Duration.ofSeconds(10);

  private final ClusterStub stub;
  private final Timers timers;
  private final Object lock = new Object();
  // All guarded by the lock.
  private final Map<Long, GrpcWatch<?>> watches = new HashMap<>(); // number -> watch
  private @Nullable Connection connection;
  private long lastNumber;
  private boolean closed;

  WatchStream(ClusterStub stub, Timers timers) {
    this.stub = stub;
    this.timers = timers;
  }

  <T extends Message> ApiWatch<T> open(
      ResourceType<T> type, ResourceName target, Form form, WatchOptions options) {
    var start =
        WatchStart.newBuilder()
            .setTarget(target)
            .setForm(form)
            .setLabelSelector(options.labelSelector())
            .setFieldSelector(options.fieldSelector())
            .setAfterRevision(revision(options.afterResourceVersion()));
    synchronized (lock) {
      if (closed) {
        throw new ApiException(StatusReason.SERVICE_UNAVAILABLE, "the client is closed");
      }
      Connection current = connection;
      boolean fresh = current == null;
      if (current == null) {
        current = new Connection();
        connection = current;
      }
      var watch = new GrpcWatch<T>(++lastNumber, type, current);
      watches.put(watch.number, watch);
      if (fresh) {
        stub.watch(current); // may fail at once, and then ends the watch
      }
      current.send(WatchRequest.newBuilder().setStart(start.setWatch(watch.number)).build());
      return watch;
    }
  }

  private static long revision(String resourceVersion) {
    try {
      return resourceVersion.isEmpty() ? 0 : Long.parseLong(resourceVersion);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "resourceVersion \"" + resourceVersion + "\": expected a number or nothing");
    }
  }

  void close() {
    ClientCallStreamObserver<WatchRequest> stream = null;
    synchronized (lock) {
      closed = true;
      if (connection != null) {
        stream = connection.detach();
      }
    }
    if (stream != null) {
      stream.cancel("the client is closed", null);
    }
  }

  /// One life of the gRPC stream.
  private final class Connection implements ClientResponseObserver<WatchRequest, WatchReply> {
    private @Nullable ClientCallStreamObserver<WatchRequest> requests;
    private int held; // replies that arrived and were not polled; guarded by the lock
    private long sinceNs = timers.nanoTime(); // when the last of them was polled
    private boolean guarded; // a timer looks after a full window

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(WINDOW);
    }

    /// Requests are few and tiny; the transport's own buffer takes them.
    void send(WatchRequest request) {
      ClientCallStreamObserver<WatchRequest> stream = requests;
      if (stream != null) {
        stream.onNext(request);
      }
    }

    /// Sends no more: a cancelled call takes no requests, not even that a watch stops. Under the
    /// lock, as all sending is.
    @Nullable ClientCallStreamObserver<WatchRequest> detach() {
      ClientCallStreamObserver<WatchRequest> stream = requests;
      requests = null;
      return stream;
    }

    @Override
    public void onNext(WatchReply reply) {
      GrpcWatch<?> watch;
      synchronized (lock) {
        watch = watches.get(reply.getWatch());
        if (watch != null) {
          watch.replies.add(reply);
          held(1);
        }
      }
      if (watch == null) {
        request(1); // it was closed meanwhile
      } else {
        watch.wake();
      }
    }

    private void held(int more) {
      held += more;
      if (held == WINDOW && !guarded) {
        guarded = true;
        timers.schedule(STALL_LIMIT, this::cutOffStalled);
      }
    }

    /// Gives back the room of `count` replies.
    void polled(int count) {
      synchronized (lock) {
        held -= count;
        sinceNs = timers.nanoTime();
      }
      request(count);
    }

    private void request(int count) {
      ClientCallStreamObserver<WatchRequest> stream = requests;
      if (stream != null && count > 0) {
        stream.request(count);
      }
    }

    private void cutOffStalled() {
      GrpcWatch<?> slowest;
      synchronized (lock) {
        guarded = false;
        boolean stalled = held == WINDOW && timers.nanoTime() - sinceNs >= STALL_LIMIT.toNanos();
        slowest =
            watches.values().stream()
                .filter(watch -> stalled && watch.connection == this)
                .max(Comparator.comparingInt(watch -> watch.replies.size()))
                .orElse(null);
        held(0); // looks again later if it is still full
      }
      if (slowest != null) {
        log.warn("watch of {} was not read for {}: cut off", slowest.type, STALL_LIMIT);
        slowest.cutOff();
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended(GrpcErrors.exception(failure));
    }

    @Override
    public void onCompleted() {
      ended(null);
    }

    private void ended(@Nullable ApiException why) {
      List<GrpcWatch<?>> lost = new ArrayList<>();
      synchronized (lock) {
        if (connection == this) {
          connection = null;
        }
        for (GrpcWatch<?> watch : watches.values()) {
          if (watch.connection == this) {
            watch.end(why);
            lost.add(watch);
          }
        }
        watches.values().removeAll(lost);
      }
      lost.forEach(GrpcWatch::wake);
    }
  }

  /// Objects are parsed by the thread that polls, not by the transport's.
  private final class GrpcWatch<T extends Message> implements ApiWatch<T> {
    final long number;
    final ResourceType<T> type;
    final Connection connection;
    // Guarded by the lock.
    final ArrayDeque<WatchReply> replies = new ArrayDeque<>();
    private boolean ended;
    private @Nullable ApiException failure;

    private volatile Runnable listener = () -> {};

    GrpcWatch(long number, ResourceType<T> type, Connection connection) {
      this.number = number;
      this.type = type;
      this.connection = connection;
    }

    @Override
    public @Nullable List<WatchEvent<T>> poll() {
      List<WatchReply> arrived;
      synchronized (lock) {
        if (replies.isEmpty() && ended) {
          if (failure != null) {
            throw failure;
          }
          return null;
        }
        arrived = List.copyOf(replies);
        replies.clear();
      }
      List<WatchEvent<T>> events = new ArrayList<>();
      for (WatchReply reply : arrived) {
        reply.getEventsList().forEach(event -> read(event, events));
      }
      connection.polled(arrived.size());
      return events;
    }

    private void read(io.kemudi.cluster.v1.WatchEvent event, List<WatchEvent<T>> events) {
      switch (event.getType()) {
        case ADDED -> events.add(new WatchEvent.Added<>(object(event)));
        case MODIFIED -> events.add(new WatchEvent.Modified<>(object(event)));
        case DELETED -> events.add(new WatchEvent.Deleted<>(object(event)));
        case BOOKMARK -> events.add(new WatchEvent.Bookmark<>(Long.toString(event.getRevision())));
        case INITIAL_EVENTS_END ->
            events.add(new WatchEvent.InitialEventsEnd<>(Long.toString(event.getRevision())));
        case ERROR -> fail(Statuses.exception(event.getObject().toByteArray()));
        case TYPE_UNSPECIFIED, UNRECOGNIZED ->
            fail(new ApiException(StatusReason.INTERNAL_ERROR, "an event of an unknown type"));
      }
    }

    private T object(io.kemudi.cluster.v1.WatchEvent event) {
      return GrpcApiClient.parse(type, event.getObject());
    }

    private void fail(ApiException why) {
      synchronized (lock) {
        end(why);
        watches.remove(number);
      }
    }

    /// What has arrived can still be polled.
    void end(@Nullable ApiException why) {
      if (!ended) {
        ended = true;
        failure = why;
      }
    }

    void cutOff() {
      close();
      synchronized (lock) {
        end(new ApiException(StatusReason.SERVICE_UNAVAILABLE, "the watch was not read for long"));
      }
      wake();
    }

    @Override
    public void onReady(Runnable listener) {
      this.listener = listener;
      boolean something;
      synchronized (lock) {
        something = ended || !replies.isEmpty();
      }
      if (something) {
        listener.run();
      }
    }

    void wake() {
      listener.run();
    }

    @Override
    public void close() {
      int unread;
      synchronized (lock) {
        unread = replies.size();
        replies.clear();
        if (watches.remove(number) != null) {
          connection.send(WatchRequest.newBuilder().setStop(number).build());
        }
      }
      connection.polled(unread);
    }
  }
}
