package io.kemudi.launcher;

import io.kemudi.nodeagent.runtime.PodEnding;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Tells a user who waits for containers to end how many are left and how long it may take: at the
/// beginning, and every few seconds while that takes longer than a moment.
final class EndingProgress implements PodEnding.Listener, AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(3);

  private final Consumer<String> say;
  private final AtomicInteger left = new AtomicInteger();
  private final long startNs = System.nanoTime();
  private final Thread clock;
  private volatile Duration longest = Duration.ZERO;

  EndingProgress(Consumer<String> say) {
    this.say = say;
    clock = Thread.ofVirtual().name("ending-progress").start(this::tick);
  }

  @Override
  public synchronized void begins(int containers, Duration grace) {
    left.addAndGet(containers);
    longest = longest.compareTo(grace) > 0 ? longest : grace;
    say.accept(
        "ending %d container%s, which may take up to %d s"
            .formatted(
                containers, containers == 1 ? "" : "s", Math.ceilDiv(grace.toMillis(), 1000)));
  }

  @Override
  public void oneHasEnded() {
    left.decrementAndGet();
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        if (left.get() > 0) {
          say.accept(
              "%d still ending after %d s of at most %d s"
                  .formatted(
                      left.get(),
                      Duration.ofNanos(System.nanoTime() - startNs).toSeconds(),
                      Math.ceilDiv(longest.toMillis(), 1000)));
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  @Override
  public void close() {
    clock.interrupt();
  }
}
