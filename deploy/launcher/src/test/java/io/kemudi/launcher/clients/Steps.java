package io.kemudi.launcher.clients;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// What `ClientsIT` reads of a client program: `ok NAME` for each thing done, `waiting` when the
/// API server may be restarted; the file `restarted` tells the program that it was.
final class Steps {
  private static final long LIMIT_MILLIS = 60_000;
  private final Path restarted;

  Steps(Path restarted) {
    this.restarted = restarted;
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what);
    }
  }

  static void done(String name) {
    System.out.println("ok " + name);
  }

  void restart() throws Exception {
    System.out.println("waiting");
    until("restarted", () -> Files.exists(restarted));
  }

  /// Tries until it answers true; a refused connection is only not yet.
  void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (Exception e) {
        last = e;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("not within a minute: " + what, last);
  }
}
