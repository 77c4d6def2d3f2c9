package io.kemudi.client.controller;

import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The [WorkQueue] of every controller: two sets and a line.
///
/// A key in `dirty` needs work; one in `processing` is being worked on. It stands in the line
/// exactly when it is dirty and not processing:
///
/// ```
/// add(a)          dirty {a}  processing {}   line [a]
/// take() -> a     dirty {}   processing {a}  line []
/// add(a)          dirty {a}  processing {a}  line []     no second worker on a
/// done(a)         dirty {a}  processing {}   line [a]    but it runs again
/// ```
///
/// Bounded by the number of distinct keys. Delays run on the given [Timers].
public final class BackoffWorkQueue<K> implements WorkQueue<K> {
  public static final Duration FIRST_DELAY = Duration.ofMillis(5);
  public static final Duration LAST_DELAY = Duration.ofSeconds(1000);

  private final Timers timers;
  private final Duration firstDelay;
  private final Duration lastDelay;
  private final QueueMetrics metrics;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  // All guarded by the lock.
  private final ArrayDeque<Entry<K>> line = new ArrayDeque<>();
  private final Set<K> dirty = new HashSet<>();
  private final Set<K> processing = new HashSet<>();
  private final Map<K, Waiting> waiting = new HashMap<>(); // key -> its one pending delay
  private final Map<K, Integer> failures = new HashMap<>(); // key -> rate limited adds since forget
  private boolean shutDown;

  public BackoffWorkQueue(Timers timers) {
    this(timers, FIRST_DELAY, LAST_DELAY, QueueMetrics.NONE);
  }

  public BackoffWorkQueue(
      Timers timers, Duration firstDelay, Duration lastDelay, QueueMetrics metrics) {
    this.timers = timers;
    this.firstDelay = firstDelay;
    this.lastDelay = lastDelay;
    this.metrics = metrics;
  }

  @Override
  public void add(K key) {
    lock.lock();
    try {
      if (shutDown || !dirty.add(key)) {
        return;
      }
      if (!processing.contains(key)) {
        enqueue(key);
      }
      metrics.added(line.size());
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(K key) {
    line.add(new Entry<>(key, timers.nanoTime()));
    notEmpty.signal();
  }

  /// Of several delays of one key the one that ends first counts.
  @Override
  public void addAfter(K key, Duration delay) {
    if (delay.isZero() || delay.isNegative()) {
      add(key);
      return;
    }
    long dueNs = timers.nanoTime() + delay.toNanos();
    lock.lock();
    try {
      Waiting earlier = waiting.get(key);
      if (shutDown || (earlier != null && earlier.dueNs <= dueNs)) {
        return;
      }
      if (earlier != null) {
        earlier.timer.cancel();
      }
      waiting.put(key, new Waiting(dueNs, timers.schedule(delay, () -> addDue(key, dueNs))));
    } finally {
      lock.unlock();
    }
  }

  private void addDue(K key, long dueNs) {
    lock.lock();
    try {
      Waiting due = waiting.get(key);
      if (due != null && due.dueNs == dueNs) {
        waiting.remove(key);
      }
    } finally {
      lock.unlock();
    }
    add(key);
  }

  @Override
  public void addRateLimited(K key) {
    metrics.retried();
    addAfter(key, nextDelay(key));
  }

  private Duration nextDelay(K key) {
    lock.lock();
    try {
      int failed = failures.merge(key, 1, Integer::sum) - 1;
      // Shifting by more than this would overflow; the last delay has long been reached.
      Duration delay = firstDelay.multipliedBy(1L << Math.min(failed, 30));
      return delay.compareTo(lastDelay) < 0 ? delay : lastDelay;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forget(K key) {
    lock.lock();
    try {
      failures.remove(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable K take() throws InterruptedException {
    lock.lock();
    try {
      while (line.isEmpty() && !shutDown) {
        notEmpty.await();
      }
      return next();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable K poll() {
    lock.lock();
    try {
      return next();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable K next() {
    Entry<K> entry = line.poll();
    if (entry == null) {
      return null;
    }
    dirty.remove(entry.key());
    processing.add(entry.key());
    metrics.taken(line.size(), Duration.ofNanos(timers.nanoTime() - entry.sinceNs()));
    return entry.key();
  }

  @Override
  public void done(K key) {
    lock.lock();
    try {
      if (processing.remove(key) && dirty.contains(key)) {
        enqueue(key);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int depth() {
    lock.lock();
    try {
      return line.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void shutDown() {
    lock.lock();
    try {
      shutDown = true;
      waiting.values().forEach(delay -> delay.timer.cancel());
      waiting.clear();
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private record Entry<K>(K key, long sinceNs) {}

  private record Waiting(long dueNs, Timers.Timer timer) {}
}
