package io.kemudi.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// What the scheduler does, under upstream's metric names (`scheduler_schedule_attempts_total`,
/// `scheduler_pending_pods`, ...), so that its dashboards and alerts hold here. Every pod counts
/// under the one profile that there is. Thread-safe.
public final class SchedulerMetrics {
  private static final String PROFILE = "default-scheduler";

  /// `attempts` of the SLI is counted up to here, then "16+": upstream's bound of the label.
  private static final int COUNTED_ATTEMPTS = 15;

  /// How an attempt ended; the label `result`.
  enum Result {
    SCHEDULED,
    UNSCHEDULABLE,
    ERROR;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Where pods wait; the label `queue`.
  enum Queue {
    ACTIVE,
    BACKOFF,
    UNSCHEDULABLE,
    GATED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final MeterRegistry registry;
  private final Map<Result, Counter> attempts = new EnumMap<>(Result.class);
  private final Map<Result, Timer> durations = new EnumMap<>(Result.class);
  private final Map<Queue, AtomicInteger> pending = new EnumMap<>(Queue.class);
  private final AtomicInteger nodes = new AtomicInteger();
  private final AtomicInteger pods = new AtomicInteger();
  private final Timer algorithm;
  private final DistributionSummary attemptsPerPod;
  private final Counter preemptions;
  private final DistributionSummary victims;

  public SchedulerMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Result result : Result.values()) {
      String[] tags = {"profile", PROFILE, "result", result.label()};
      attempts.put(result, registry.counter("scheduler.schedule.attempts", tags));
      durations.put(
          result,
          Timer.builder("scheduler.scheduling.attempt.duration")
              .description("From taking a pod off the queue to its assumption or refusal")
              .tags(tags)
              .serviceLevelObjectives(doubling(Duration.ofMillis(1), 15))
              .register(registry));
    }
    for (Queue queue : Queue.values()) {
      pending.put(queue, new AtomicInteger());
      Gauge.builder("scheduler.pending.pods", () -> of(queue).get())
          .tag("queue", queue.label())
          .register(registry);
    }
    Gauge.builder("scheduler.cache.size", nodes::get).tag("type", "nodes").register(registry);
    Gauge.builder("scheduler.cache.size", pods::get).tag("type", "pods").register(registry);
    algorithm =
        Timer.builder("scheduler.scheduling.algorithm.duration")
            .serviceLevelObjectives(doubling(Duration.ofMillis(1), 15))
            .register(registry);
    attemptsPerPod =
        DistributionSummary.builder("scheduler.pod.scheduling.attempts")
            .serviceLevelObjectives(1, 2, 4, 8, 16)
            .register(registry);
    preemptions = registry.counter("scheduler.preemption.attempts");
    victims =
        DistributionSummary.builder("scheduler.preemption.victims")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
            .register(registry);
  }

  /// Upper bounds of buckets, each twice the one before.
  private static Duration[] doubling(Duration first, int count) {
    Duration[] bounds = new Duration[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = first.multipliedBy(1L << i);
    }
    return bounds;
  }

  private AtomicInteger of(Queue queue) {
    return pending.computeIfAbsent(queue, _ -> new AtomicInteger());
  }

  void attempted(Result result, long tookNs) {
    Counter counter = attempts.get(result);
    Timer timer = durations.get(result);
    if (counter != null && timer != null) {
      counter.increment();
      timer.record(Duration.ofNanos(tookNs));
    }
  }

  void chose(long tookNs) {
    algorithm.record(Duration.ofNanos(tookNs));
  }

  /// A pod is bound, `tookNs` after it first came, at this attempt.
  void bound(int attempt, long tookNs) {
    attemptsPerPod.record(attempt);
    String label = attempt > COUNTED_ATTEMPTS ? "16+" : String.valueOf(attempt);
    Timer.builder("scheduler.pod.scheduling.sli.duration")
        .description("From the pod's first sight to its binding, all attempts together")
        .tag("attempts", label)
        .serviceLevelObjectives(doubling(Duration.ofMillis(10), 20))
        .register(registry)
        .record(Duration.ofNanos(tookNs));
  }

  void preempting() {
    preemptions.increment();
  }

  void preempted(int count) {
    victims.record(count);
  }

  void waiting(Queue queue, int count) {
    of(queue).set(count);
  }

  void cached(int nodeCount, int podCount) {
    nodes.set(nodeCount);
    pods.set(podCount);
  }
}
