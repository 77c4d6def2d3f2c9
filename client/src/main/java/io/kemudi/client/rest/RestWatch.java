package io.kemudi.client.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.Statuses;
import io.kemudi.client.api.WatchEvent;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.time.Timers;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// A watch whose events are frames in the body of one HTTP response: four bytes of length, then a
/// `meta.v1.WatchEvent` around an enveloped object.
///
/// A virtual thread reads ahead by at most [#AHEAD] events; then the connection fills up and the
/// server has to wait. The server is asked to end the watch after [#LIFE]; one that is silent for
/// longer than that is dead.
final class RestWatch<T extends Message> implements ApiWatch<T> {
  static final Duration LIFE = Duration.ofMinutes(8);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int AHEAD = 256;

  /// An object has at most 1.5 MiB; its event a little more.
  private static final int FRAME_LIMIT = 4 << 20;

  private final ResourceType<T> type;
  private final InputStream body;
  private final Timers timers;
  private final BlockingQueue<WatchEvent<T>> arrived = new ArrayBlockingQueue<>(AHEAD);
  private volatile Runnable listener = () -> {};
  private volatile boolean closed;
  private volatile boolean ended;
  private volatile @Nullable ApiException failure; // written before `ended`

  RestWatch(ResourceType<T> type, InputStream body, Timers timers) {
    this.type = type;
    this.body = body;
    this.timers = timers;
  }

  void start() {
    Thread reader = Thread.ofVirtual().name("watch-" + type).start(this::read);
    Timers.Timer end = timers.schedule(LIFE.plus(GRACE), this::close);
    Thread.ofVirtual().start(() -> cancelAfter(reader, end));
  }

  private static void cancelAfter(Thread reader, Timers.Timer end) {
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end.cancel();
  }

  private void read() {
    try (var in = new DataInputStream(body)) {
      while (!closed) {
        arrived.put(event(in));
        listener.run();
      }
    } catch (EOFException e) {
      // the server ended the watch in good order
    } catch (ApiException e) {
      failure = e;
    } catch (IOException e) {
      failure = closed ? null : RestApiClient.unavailable("watch of " + type, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    listener.run();
  }

  private WatchEvent<T> event(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > FRAME_LIMIT) {
      throw Envelope.unreadable("a watch frame of " + length + " bytes");
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new IOException("cut off within a frame");
    }
    ByteString bytes = ByteString.copyFrom(frame);
    var event =
        io.kemudi.kubernetes.meta.v1.WatchEvent.parseFrom(
            Envelope.isOne(bytes) ? Envelope.unwrap(bytes) : bytes);
    ByteString object = event.getObject().getRaw();
    return switch (event.getType()) {
      case "ADDED" -> new WatchEvent.Added<>(RestApiClient.parse(type, object));
      case "MODIFIED" -> new WatchEvent.Modified<>(RestApiClient.parse(type, object));
      case "DELETED" -> new WatchEvent.Deleted<>(RestApiClient.parse(type, object));
      case "BOOKMARK" -> bookmark(RestApiClient.parse(type, object));
      case "ERROR" -> throw Statuses.exception(Envelope.unwrap(object).toByteArray());
      default -> throw Envelope.unreadable("a watch event of type " + event.getType());
    };
  }

  private WatchEvent<T> bookmark(T object) {
    ObjectMeta meta = type.metadata().apply(object);
    String revision = meta.getResourceVersion();
    boolean end = "true".equals(meta.getAnnotationsMap().get("k8s.io/initial-events-end"));
    return end ? new WatchEvent.InitialEventsEnd<>(revision) : new WatchEvent.Bookmark<>(revision);
  }

  @Override
  public @Nullable List<WatchEvent<T>> poll() {
    boolean last = ended; // read first: what arrived before the end is in the queue by then
    List<WatchEvent<T>> events = new ArrayList<>();
    arrived.drainTo(events);
    if (!events.isEmpty() || !last) {
      return events;
    }
    ApiException why = failure;
    if (why != null) {
      throw why;
    }
    return null;
  }

  @Override
  public void onReady(Runnable listener) {
    this.listener = listener;
    listener.run();
  }

  @Override
  public void close() {
    closed = true;
    arrived.clear(); // lets a reader that waits for room see that it is over
    try {
      body.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }
}
