package io.kemudi.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machine's clock. Timers fire on one daemon thread, so tasks hand work on rather than do it.
/// After [#close] none fires, and what is still scheduled by parts that stop later never does.
public final class SystemTimers implements Timers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SystemTimers.class);

  private final ScheduledExecutorService executor;

  public SystemTimers() {
    var scheduled =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name("timers").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    scheduled.setRemoveOnCancelPolicy(true);
    executor = Executors.unconfigurableScheduledExecutorService(scheduled);
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> future =
        executor.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    Thread.sleep(delay);
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a timer's task failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
