package io.kemudi.client.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffWorkQueueTest {
  private final ManualTime time = new ManualTime();
  private final BackoffWorkQueue<String> queue = new BackoffWorkQueue<>(time);

  @Test
  void aKeyAddedTwiceStandsInLineOnce() {
    queue.add("a");
    queue.add("a");

    assertThat(queue.poll()).isEqualTo("a");
    assertThat(queue.poll()).isNull();
  }

  @Test
  void aKeyAddedWhileWorkedOnWaitsUntilThatIsDone() {
    queue.add("a");
    queue.poll();
    queue.add("a");

    assertThat(queue.poll()).isNull();
    queue.done("a");
    assertThat(queue.poll()).isEqualTo("a");
  }

  @Test
  void aKeyNotAddedAgainDoesNotReturn() {
    queue.add("a");
    queue.poll();
    queue.done("a");

    assertThat(queue.poll()).isNull();
  }

  @Test
  void theEarliestOfSeveralDelaysCounts() {
    queue.addAfter("a", Duration.ofSeconds(10));
    queue.addAfter("a", Duration.ofSeconds(2));
    queue.addAfter("a", Duration.ofSeconds(5));

    time.advance(Duration.ofMillis(1999));
    assertThat(queue.depth()).isZero();
    time.advance(Duration.ofMillis(1));
    assertThat(queue.poll()).isEqualTo("a");
    queue.done("a");
    time.advance(Duration.ofMinutes(1));
    assertThat(queue.poll()).isNull();
  }

  @Test
  void backOffDoublesUntilForgotten() {
    assertThat(waitFor("a")).isEqualTo(Duration.ofMillis(5));
    assertThat(waitFor("a")).isEqualTo(Duration.ofMillis(10));
    assertThat(waitFor("a")).isEqualTo(Duration.ofMillis(20));
    queue.forget("a");
    assertThat(waitFor("a")).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void backOffEndsAtItsLimit() {
    for (int i = 0; i < 40; i++) {
      waitFor("a");
    }
    assertThat(waitFor("a")).isEqualTo(BackoffWorkQueue.LAST_DELAY);
  }

  private Duration waitFor(String key) {
    queue.addRateLimited(key);
    long beganNs = time.nanoTime();
    while (queue.depth() == 0) {
      time.advance(Duration.ofMillis(5));
    }
    queue.poll();
    queue.done(key);
    return Duration.ofNanos(time.nanoTime() - beganNs);
  }

  @Test
  void shutDownHandsOutWhatIsInLineAndThenNothing() throws InterruptedException {
    queue.add("a");
    queue.addAfter("late", Duration.ofSeconds(1));
    queue.shutDown();
    queue.add("b");
    time.advance(Duration.ofSeconds(2));

    assertThat(queue.take()).isEqualTo("a");
    assertThat(queue.take()).isNull();
  }
}
