package io.kemudi.simulation;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;

/// Waits for what comes about by itself. The limit only bounds a failing test.
final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);

  private Await() {}

  static void until(String what, BooleanSupplier reached) throws InterruptedException {
    long untilNs = System.nanoTime() + LIMIT.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > untilNs) {
        Assertions.fail("not within " + LIMIT.toSeconds() + " s: " + what);
      }
      Thread.sleep(LOOK_EVERY);
    }
  }
}
