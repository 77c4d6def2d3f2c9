package io.kemudi.launcher;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of a process that plays one role: keeps its parts and ends them, the last first, when
/// the process is asked to end.
final class RoleProcess {
  private static final Logger log = LoggerFactory.getLogger(RoleProcess.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  RoleProcess() {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
  }

  synchronized <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /// Blocks until the process is asked to end.
  void run() throws InterruptedException {
    ended.await();
  }

  private synchronized void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.warn("a part did not stop cleanly", e);
      }
    }
    ended.countDown();
  }
}
