package io.kemudi.apiserver.admission.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// A webhook that fails again and again is left alone, and tried again by one request at a time.
class BreakerTest {
  private final ManualTime timers = new ManualTime(Instant.EPOCH);
  private final Breaker breaker = new Breaker(timers);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.admits()).isTrue();
      breaker.failed("no answer " + i);
    }
  }

  @Test
  void opensAfterFailuresInARowOnly() {
    fail(Breaker.FAILURES - 1);
    breaker.succeeded();
    fail(Breaker.FAILURES);

    assertThat(breaker.admits()).isFalse();
    assertThat(breaker.lastFailure()).isEqualTo("no answer " + (Breaker.FAILURES - 1));
  }

  @Test
  void letsOneRequestTryAfterThePause() {
    fail(Breaker.FAILURES);
    timers.advance(Breaker.PAUSE.minus(Duration.ofMillis(1)));
    assertThat(breaker.admits()).isFalse();

    timers.advance(Duration.ofMillis(1));
    assertThat(breaker.admits()).isTrue();
    assertThat(breaker.admits()).as("while the first one tries").isFalse();
    breaker.failed("still none");
    assertThat(breaker.admits()).isFalse();

    timers.advance(Breaker.PAUSE);
    assertThat(breaker.admits()).isTrue();
    breaker.succeeded();
    assertThat(breaker.admits()).isTrue();
    assertThat(breaker.admits()).isTrue();
  }
}
