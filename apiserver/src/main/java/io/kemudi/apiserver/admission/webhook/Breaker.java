package io.kemudi.apiserver.admission.webhook;

import io.kemudi.time.Timers;
import java.time.Duration;

/// Leaves a webhook alone for a while after it failed several times in a row, so that its time
/// limit is not waited for by every write. After the pause one request tries it; success closes the
/// breaker, failure begins another pause. Any thread.
final class Breaker {
  static final int FAILURES = 5;
  static final Duration PAUSE = Duration.ofSeconds(10);

  private final Timers timers;
  private int failures;
  private long openUntilNanos;
  private boolean trying;
  private String lastFailure = "";

  Breaker(Timers timers) {
    this.timers = timers;
  }

  /// Whether the webhook may be called now. Who is answered true has to tell how it ended.
  synchronized boolean admits() {
    if (failures < FAILURES) {
      return true;
    }
    if (trying || timers.nanoTime() - openUntilNanos < 0) {
      return false;
    }
    trying = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    trying = false;
  }

  synchronized void failed(String why) {
    failures = Math.min(failures + 1, FAILURES);
    lastFailure = why;
    trying = false;
    openUntilNanos = timers.nanoTime() + PAUSE.toNanos();
  }

  /// What its last call ended with.
  synchronized String lastFailure() {
    return lastFailure;
  }
}
