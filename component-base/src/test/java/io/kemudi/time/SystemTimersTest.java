package io.kemudi.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemTimersTest {
  @Test
  void runsATaskAfterItsDelay() throws Exception {
    try (var timers = new SystemTimers()) {
      var ran = new CountDownLatch(1);
      timers.schedule(Duration.ofMillis(1), ran::countDown);
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aTaskThatThrowsDoesNotEndTheOthers() throws Exception {
    try (var timers = new SystemTimers()) {
      var ran = new CountDownLatch(1);
      timers.schedule(
          Duration.ZERO,
          () -> {
            throw new IllegalStateException("as a test wants it");
          });
      timers.schedule(Duration.ZERO, ran::countDown);
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatIsScheduledAfterTheEndNeverRuns() {
    var timers = new SystemTimers();
    timers.close();
    var ran = new AtomicBoolean();
    Timers.Timer timer = timers.schedule(Duration.ZERO, () -> ran.set(true));
    timer.cancel();
    assertThat(ran).isFalse();
  }
}
