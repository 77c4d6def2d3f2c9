package io.kemudi.simulation;

import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;

/// Time that passes several times as fast as it does, for what takes a cluster minutes to notice.
/// Everything that is told time by the same instance agrees; what runs on the real clock (a call's
/// time limit inside the transport) gets less patience, not more.
public final class FastTimers implements Timers {
  private final Timers real;
  private final int factor;
  private final long originNs;
  private final Instant origin;

  public FastTimers(Timers real, int factor) {
    if (factor < 1) {
      throw new IllegalArgumentException("time cannot pass " + factor + " times as fast");
    }
    this.real = real;
    this.factor = factor;
    this.originNs = real.nanoTime();
    this.origin = real.instant();
  }

  @Override
  public long nanoTime() {
    return originNs + (real.nanoTime() - originNs) * factor;
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(nanoTime() - originNs);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return real.schedule(delay.dividedBy(factor), task);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    real.sleep(delay.dividedBy(factor));
  }
}
