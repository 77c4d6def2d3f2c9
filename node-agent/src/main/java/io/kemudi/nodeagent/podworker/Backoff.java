package io.kemudi.nodeagent.podworker;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How long to wait before trying again what failed: nothing the first time, then ten seconds,
/// doubling to five minutes. Forgotten after twice the longest wait without a failure.
final class Backoff {
  private static final Duration INITIAL = Duration.ofSeconds(10);
  private static final Duration MAX = Duration.ofMinutes(5);

  private Duration delay = Duration.ZERO;
  private @Nullable Instant lastTried;

  /// How long to wait after a failure; zero when it may be tried at once.
  Duration delay() {
    return delay;
  }

  /// When a try may follow the failure at `failed`.
  Instant readyAt(Instant failed) {
    return expired(failed) ? failed : failed.plus(delay);
  }

  /// Notes a try, made because of the failure at `failed`.
  void tried(Instant failed, Instant now) {
    if (delay.isZero() || expired(failed)) {
      delay = INITIAL;
    } else {
      Duration doubled = delay.multipliedBy(2);
      delay = doubled.compareTo(MAX) < 0 ? doubled : MAX;
    }
    lastTried = now;
  }

  private boolean expired(Instant failed) {
    return lastTried == null || failed.isAfter(lastTried.plus(MAX.multipliedBy(2)));
  }
}
