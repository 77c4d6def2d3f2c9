package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.http.ResponseStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One watch on its way to one client, without a thread of its own: it is woken by the watch, or by
/// the client's having read, and runs on the connection's event loop.
final class WatchStream {
  private static final Logger log = LoggerFactory.getLogger(WatchStream.class);

  private final ObjectWatch watch;
  private final WatchFrames frames;
  private final ResponseStream out;
  private final boolean bookmarks;
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private boolean ended; // event loop only

  WatchStream(ObjectWatch watch, WatchFrames frames, ResponseStream out, boolean bookmarks) {
    this.watch = watch;
    this.frames = frames;
    this.out = out;
    this.bookmarks = bookmarks;
  }

  void start() {
    out.onWritable(this::drain);
    watch.onReady(this::wake);
    wake();
  }

  /// Ends the answer in good order when its time is over; its last bookmark was sent before.
  void finish() {
    out.executor().execute(() -> end(false));
  }

  /// Ends the answer when the server stops: with a bookmark, so that the client goes on from there
  /// at another one.
  void drained() {
    out.executor().execute(() -> end(true));
  }

  /// Any thread; at most one run is queued at a time.
  private void wake() {
    if (scheduled.compareAndSet(false, true)) {
      out.executor().execute(this::run);
    }
  }

  private void run() {
    scheduled.set(false);
    drain();
  }

  private void drain() {
    if (ended) {
      return;
    }
    try {
      while (out.writable()) {
        List<ObjectEvent> events = watch.poll();
        if (events.isEmpty()) {
          return;
        }
        out.offer(joined(events));
      }
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) { // of a resource that went there is nothing to say
        out.offer(frames.error(e));
      }
      close();
    } catch (RuntimeException e) {
      log.warn("a watch failed and is cut off", e);
      ended = true;
      watch.close();
      out.abort();
    }
  }

  /// One write for all events at hand.
  private byte[] joined(List<ObjectEvent> events) {
    if (events.size() == 1) {
      return frames.frame(events.getFirst());
    }
    byte[][] parts = new byte[events.size()][];
    int length = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = frames.frame(events.get(i));
      length += parts[i].length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private void end(boolean marked) {
    drain();
    if (!ended) {
      if (marked && bookmarks && out.writable()) {
        out.offer(frames.frame(watch.lastBookmark()));
      }
      close();
    }
  }

  private void close() {
    ended = true;
    watch.close();
    try {
      out.close();
    } catch (IOException e) {
      log.debug("closing a watch: {}", e.getMessage());
    }
  }
}
