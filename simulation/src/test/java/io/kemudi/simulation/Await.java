package io.kemudi.simulation;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/// Waits for what comes about by itself. The limit only bounds a failing test.
final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);

  private Await() {}

  static void until(String what, BooleanSupplier reached) throws InterruptedException {
    until(what, reached, () -> "");
  }

  /// `state` tells how things are, for the message of a failure.
  static void until(String what, BooleanSupplier reached, Supplier<String> state)
      throws InterruptedException {
    long untilNs = System.nanoTime() + LIMIT.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > untilNs) {
        Assertions.fail("not within " + LIMIT.toSeconds() + " s: " + what + "\n" + state.get());
      }
      Thread.sleep(LOOK_EVERY);
    }
  }
}
