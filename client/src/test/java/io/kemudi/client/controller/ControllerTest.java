package io.kemudi.client.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.time.ManualTime;
import io.kemudi.time.SystemTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControllerTest {
  private final ManualTime time = new ManualTime();
  private final BackoffWorkQueue<String> queue = new BackoffWorkQueue<>(time);
  private final List<String> seen = new ArrayList<>();

  @Test
  void aFailureIsTriedAgainWithBackOff() throws Exception {
    var controller = stepped(key -> failFirst(key));
    queue.add("a");

    assertThat(controller.processNext()).isTrue();
    assertThat(controller.processNext()).isFalse();
    time.advance(Duration.ofMillis(5));
    assertThat(controller.processNext()).isTrue();
    time.advance(Duration.ofMinutes(1));
    assertThat(controller.processNext()).isFalse();
    assertThat(seen).containsExactly("a", "a");
  }

  private Reconciler.Result failFirst(String key) {
    seen.add(key);
    if (seen.size() == 1) {
      throw new IllegalStateException("on purpose");
    }
    return Reconciler.Result.DONE;
  }

  @Test
  void aResultMayAskForALaterLook() throws Exception {
    var controller = stepped(key -> Reconciler.Result.after(Duration.ofSeconds(30)));
    queue.add("a");
    controller.processNext();

    time.advance(Duration.ofSeconds(29));
    assertThat(controller.processNext()).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(controller.processNext()).isTrue();
  }

  private Controller<String> stepped(Reconciler<String> reconciler) {
    return new Controller<>("test", queue, reconciler, List.of(), 1, time);
  }

  @Test
  void closeLetsRunningWorkFinish() throws Exception {
    try (var timers = new SystemTimers()) {
      var began = new CountDownLatch(1);
      var mayEnd = new CountDownLatch(1);
      var ended = new CountDownLatch(1);
      BackoffWorkQueue<String> real = new BackoffWorkQueue<>(timers);
      var controller =
          new Controller<>(
              "test",
              real,
              key -> {
                began.countDown();
                mayEnd.await();
                ended.countDown();
                return Reconciler.Result.DONE;
              },
              List.of(),
              2,
              timers);
      controller.start();
      real.add("a");
      assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();

      Thread closing = Thread.ofVirtual().start(controller::close);
      mayEnd.countDown();
      closing.join();

      assertThat(ended.getCount()).isZero();
    }
  }
}
