package io.kemudi.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads a watch by waiting for it, and checks on the way what every watch guarantees: batches go
/// forward, events lie within their batch, in the order of revisions, and no revision is split.
public final class WatchReader implements AutoCloseable {
  private static final long TIME_LIMIT_MS = 20_000;

  private final StoreWatch watch;
  private final Semaphore ready = new Semaphore(0);
  private long passed;

  public WatchReader(StoreWatch watch, long afterRevision) {
    this.watch = watch;
    passed = afterRevision;
    watch.onReady(ready::release);
  }

  public static WatchReader of(Store store, String prefix, long afterRevision) {
    return new WatchReader(
        store.watch(prefix, Store.prefixEnd(prefix), afterRevision), afterRevision);
  }

  /// The events up to `revision`, which has one.
  public List<StoreEvent> until(long revision) {
    var events = new ArrayList<StoreEvent>();
    while (passed < revision) {
      events.addAll(next().events());
    }
    return events;
  }

  /// The next batch, be it only progress.
  public StoreWatch.Batch next() {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIME_LIMIT_MS);
    while (System.nanoTime() < deadlineNs) {
      StoreWatch.Batch batch = poll();
      if (batch != null) {
        return batch;
      }
      awaitReady();
    }
    throw new AssertionError("nothing came after revision " + passed);
  }

  /// The next batch with events.
  public StoreWatch.Batch nextEvents() {
    StoreWatch.Batch batch = next();
    while (batch.events().isEmpty()) {
      batch = next();
    }
    return batch;
  }

  public StoreWatch.@Nullable Batch poll() {
    StoreWatch.Batch batch = watch.poll();
    if (batch != null) {
      check(batch);
    }
    return batch;
  }

  private void check(StoreWatch.Batch batch) {
    long last = passed;
    for (StoreEvent event : batch.events()) {
      if (event.revision() <= passed || event.revision() < last) {
        throw new AssertionError("%s came after revision %d".formatted(event, last));
      }
      last = event.revision();
    }
    if (batch.revision() < last || batch.revision() < passed) {
      throw new AssertionError("batch of %d ends with %d".formatted(batch.revision(), last));
    }
    passed = batch.revision();
  }

  private void awaitReady() {
    try {
      // The bound keeps a lost wake-up from hanging the test; next() then fails.
      if (ready.tryAcquire(TIME_LIMIT_MS, TimeUnit.MILLISECONDS)) {
        ready.drainPermits();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /// Waits until the watch has ended and answers why.
  public StoreException end() {
    while (true) {
      try {
        next();
      } catch (StoreException e) {
        return e;
      }
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
