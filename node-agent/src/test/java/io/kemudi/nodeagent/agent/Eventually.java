package io.kemudi.nodeagent.agent;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.Callable;

/// Waits for what other threads bring about.
public final class Eventually {
  private static final long LIMIT_MS = 60_000; // a bound for a machine that is busy, not a timing

  private Eventually() {}

  public static void until(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.currentTimeMillis() + LIMIT_MS;
    while (!holds.call()) {
      if (System.currentTimeMillis() > deadline) {
        fail("not within " + LIMIT_MS / 1000 + " s: " + what);
      }
      Thread.sleep(20);
    }
  }
}
