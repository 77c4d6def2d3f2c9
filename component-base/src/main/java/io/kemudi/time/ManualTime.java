package io.kemudi.time;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/// A clock that stands still until it is moved. Tasks run on the thread that calls [#advance], in
/// the order of their due times and, for equal ones, of their scheduling: a run is repeatable.
///
/// Thread-safe; tasks run without the lock held, so they may schedule others.
public final class ManualTime implements Timers {
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final Instant origin;
  private long nowNs;
  private long sequence;

  public ManualTime() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  public ManualTime(Instant origin) {
    this.origin = origin;
  }

  @Override
  public synchronized Instant instant() {
    return origin.plusNanos(nowNs);
  }

  @Override
  public synchronized long nanoTime() {
    return nowNs;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable task) {
    var entry = new Task(nowNs + Math.max(0, delay.toNanos()), sequence++, task);
    tasks.add(entry);
    return () -> cancel(entry);
  }

  private synchronized void cancel(Task entry) {
    tasks.remove(entry);
  }

  /// Waits until another thread has advanced the clock by `delay`.
  @Override
  public synchronized void sleep(Duration delay) throws InterruptedException {
    long untilNs = nowNs + delay.toNanos();
    while (nowNs < untilNs) {
      wait();
    }
  }

  /// Moves the clock by `by`, running every task that comes due on the way at its own time.
  public void advance(Duration by) {
    long untilNs = nanoTime() + by.toNanos();
    for (Task task = takeDue(untilNs); task != null; task = takeDue(untilNs)) {
      task.body().run();
    }
    moveTo(untilNs);
  }

  private synchronized @org.jspecify.annotations.Nullable Task takeDue(long untilNs) {
    Task next = tasks.peek();
    if (next == null || next.dueNs() > untilNs) {
      return null;
    }
    tasks.remove();
    moveTo(Math.max(nowNs, next.dueNs()));
    return next;
  }

  private synchronized void moveTo(long ns) {
    nowNs = ns;
    notifyAll();
  }

  private record Task(long dueNs, long sequence, Runnable body) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byDue = Long.compare(dueNs, other.dueNs);
      return byDue != 0 ? byDue : Long.compare(sequence, other.sequence);
    }
  }
}
