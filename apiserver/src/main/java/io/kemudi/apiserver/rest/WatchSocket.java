package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.WebSocket;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A watch over a WebSocket: one text message per event. Clients that come so are few (fabric8,
/// dashboards), so each has two virtual threads.
final class WatchSocket {
  private static final Logger log = LoggerFactory.getLogger(WatchSocket.class);
  private static final String BEARER = "base64url.bearer.authorization.k8s.io.";

  private WatchSocket() {}

  /// Runs until the client leaves or the time is over.
  static void serve(
      HttpExchange exchange, ObjectWatch watch, WatchFrames frames, Duration lasts, Timers timers)
      throws IOException {
    Semaphore wake = new Semaphore(0);
    boolean[] over = {false};
    Runnable finish =
        () -> {
          synchronized (over) {
            over[0] = true;
          }
          wake.release();
        };
    Timers.Timer end = timers.schedule(lasts, finish);
    exchange.onDrain(finish);
    try (watch;
        WebSocket socket = WebSocket.accept(exchange, chosen(exchange), 64 * 1024)) {
      socket.onClose(finish);
      Thread.ofVirtual().name("watch-socket-reader").start(() -> readOut(socket, finish));
      watch.onReady(wake::release);
      while (true) {
        synchronized (over) {
          if (over[0]) {
            return;
          }
        }
        if (!send(socket, watch, frames)) {
          wake.acquire();
          wake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("a watch's WebSocket ended: {}", e.getMessage());
    } finally {
      end.cancel();
    }
  }

  private static boolean send(WebSocket socket, ObjectWatch watch, WatchFrames frames)
      throws IOException, InterruptedException {
    try {
      List<ObjectEvent> events = watch.poll();
      for (ObjectEvent event : events) {
        socket.sendText(text(frames.frame(event)));
      }
      return !events.isEmpty();
    } catch (ApiException e) {
      socket.sendText(text(frames.error(e)));
      throw new IOException("the watch ended: " + e.text(), e);
    }
  }

  private static String text(byte[] frame) {
    return new String(frame, 0, frame.length - 1, StandardCharsets.UTF_8);
  }

  /// Answers pings and notices the end; what clients say is of no interest.
  private static void readOut(WebSocket socket, Runnable finish) {
    try {
      while (!(socket.receive() instanceof WebSocket.Message.Closed)) {
        // nothing to do
      }
    } catch (IOException e) {
      log.debug("a watch's WebSocket: {}", e.getMessage());
    }
    finish.run();
  }

  /// A browser offers its token as a subprotocol, beside one that can be answered.
  private static @Nullable String chosen(HttpExchange exchange) {
    for (String offered : WebSocket.offeredProtocols(exchange)) {
      if (!offered.startsWith(BEARER)) {
        return offered;
      }
    }
    return null;
  }
}
