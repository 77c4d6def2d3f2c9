package io.kemudi.client.controller;

import io.kemudi.client.informer.Informer;
import io.kemudi.lifecycle.Component;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a [Reconciler] on the keys of a [WorkQueue] with a fixed number of workers, each a virtual
/// thread. No key is touched before every informer that the reconciler reads has its first state.
///
/// [#processNext] is the whole loop body; tests and simulations call it instead of [#start].
public final class Controller<K> implements Component {
  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  /// How long running work may take to finish at [#close] before it is interrupted.
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

  /// Often enough that nobody notices, rarely enough that it costs nothing.
  private static final Duration SYNC_CHECK = Duration.ofMillis(10);

  private final String name;
  private final WorkQueue<K> queue;
  private final Reconciler<K> reconciler;
  private final List<Informer<?>> reads;
  private final int workers;
  private final Timers timers;
  private final QueueMetrics metrics;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  public Controller(
      String name,
      WorkQueue<K> queue,
      Reconciler<K> reconciler,
      List<Informer<?>> reads,
      int workers,
      Timers timers) {
    this(name, queue, reconciler, reads, workers, timers, QueueMetrics.NONE);
  }

  public Controller(
      String name,
      WorkQueue<K> queue,
      Reconciler<K> reconciler,
      List<Informer<?>> reads,
      int workers,
      Timers timers,
      QueueMetrics metrics) {
    this.name = name;
    this.queue = queue;
    this.reconciler = reconciler;
    this.reads = List.copyOf(reads);
    this.workers = workers;
    this.timers = timers;
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void start() {
    for (int i = 0; i < workers; i++) {
      threads.add(Thread.ofVirtual().name(name + "-" + i).start(this::work));
    }
  }

  /// Whether everything that the reconciler reads is there.
  @Override
  public boolean ready() {
    return reads.stream().allMatch(Informer::hasSynced);
  }

  private void work() {
    try {
      while (!closed && !ready()) {
        timers.sleep(SYNC_CHECK);
      }
      while (!closed) {
        K key = queue.take();
        if (key == null) {
          return;
        }
        process(key);
      }
    } catch (InterruptedException stopped) {
      log.debug("{}: worker stopped", name);
    }
  }

  /// Works on the next key, if there is one and the informers have synced.
  ///
  /// @return whether there was a key
  public boolean processNext() throws InterruptedException {
    K key = ready() ? queue.poll() : null;
    if (key == null) {
      return false;
    }
    process(key);
    return true;
  }

  private void process(K key) throws InterruptedException {
    long beganNs = timers.nanoTime();
    boolean failed = true;
    try {
      Reconciler.Result result = reconciler.reconcile(key);
      failed = false;
      queue.forget(key);
      switch (result) {
        case Reconciler.Result.Done() -> {}
        case Reconciler.Result.After(Duration delay) -> queue.addAfter(key, delay);
      }
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception e) {
      logFailure(key, e);
      queue.addRateLimited(key);
    } finally {
      queue.done(key);
      metrics.reconciled(Duration.ofNanos(timers.nanoTime() - beganNs), failed);
    }
  }

  /// A refusal by the server is part of the day's work (conflicts above all); anything else may be
  /// a mistake of ours and is shown with its trace.
  private void logFailure(K key, Exception e) {
    if (e instanceof io.kemudi.apimachinery.errors.ApiException refused) {
      log.info("{}: {}: {}; trying again", name, key, refused.text());
    } else {
      log.warn("{}: {}: failed, trying again", name, key, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    queue.shutDown();
    long limitNs = System.nanoTime() + DRAIN_LIMIT.toNanos();
    try {
      for (Thread thread : threads) {
        boolean ended = thread.join(Duration.ofNanos(Math.max(1, limitNs - System.nanoTime())));
        if (!ended) {
          log.warn("{}: {} did not finish within {}", name, thread.getName(), DRAIN_LIMIT);
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }
}
