package io.kemudi.client.controller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// [QueueMetrics] under upstream's names (`workqueue_depth`, `workqueue_adds_total`, ...), one set
/// per queue `name`.
public final class MicrometerQueueMetrics implements QueueMetrics {
  private final AtomicInteger depth;
  private final Counter adds;
  private final Counter retries;
  private final Counter errors;
  private final Timer waiting;
  private final Timer working;

  public MicrometerQueueMetrics(MeterRegistry registry, String name) {
    depth = new AtomicInteger();
    registry.gauge("workqueue.depth", io.micrometer.core.instrument.Tags.of("name", name), depth);
    adds = registry.counter("workqueue.adds", "name", name);
    retries = registry.counter("workqueue.retries", "name", name);
    errors = registry.counter("workqueue.errors", "name", name);
    waiting = registry.timer("workqueue.queue.duration", "name", name);
    working = registry.timer("workqueue.work.duration", "name", name);
  }

  @Override
  public void added(int depth) {
    this.depth.set(depth);
    adds.increment();
  }

  @Override
  public void taken(int depth, Duration waited) {
    this.depth.set(depth);
    waiting.record(waited);
  }

  @Override
  public void retried() {
    retries.increment();
  }

  @Override
  public void reconciled(Duration took, boolean failed) {
    working.record(took);
    if (failed) {
      errors.increment();
    }
  }
}
