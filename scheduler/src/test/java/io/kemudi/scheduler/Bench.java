package io.kemudi.scheduler;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import io.kemudi.scheduler.cache.SchedulerCache;
import io.kemudi.scheduler.framework.NamespaceLabels;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.plugins.VolumeBinding;
import io.kemudi.time.ManualTime;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// A scheduler on a table: everything on the test's thread, its words kept.
final class Bench implements Reporter {
  final FakeApiClient server = new FakeApiClient();
  final ManualTime time = new ManualTime();
  final SchedulerCache cache = new SchedulerCache(new ResourceNames(), NamespaceLabels.NONE);
  final Scheduler scheduler;
  final Map<String, String> placed = new LinkedHashMap<>(); // pod -> node
  final Map<String, String> refused = new LinkedHashMap<>(); // pod -> last message
  final List<String> preempted = new ArrayList<>();
  final List<PodDisruptionBudget> budgets = new ArrayList<>();
  final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  Bench(long seed) {
    this(seed, null);
  }

  Bench(long seed, @org.jspecify.annotations.Nullable ApiClient binder) {
    scheduler =
        new Scheduler(
            DefaultPlugins.of(
                binder == null ? server : binder,
                VolumeBinding.Volumes.NONE,
                pod ->
                    pod.labels().containsKey("app")
                        ? LabelSelector.ofLabels(Map.of("app", pod.labels().get("app")))
                        : LabelSelector.NOTHING,
                namespace ->
                    budgets.stream()
                        .filter(one -> one.getMetadata().getNamespace().equals(namespace))
                        .toList()),
            cache,
            this,
            new SchedulerMetrics(metrics),
            Set.of("default-scheduler"),
            time,
            new SplittableRandom(seed),
            () -> {});
  }

  Bench nodes(NodeBuilder... nodes) {
    for (NodeBuilder node : nodes) {
      scheduler.nodeIs(node.build());
    }
    return this;
  }

  Bench pods(PodBuilder... pods) {
    for (PodBuilder pod : pods) {
      scheduler.podIs(pod.build());
    }
    return this;
  }

  /// Decides for all that can be decided now, without binding.
  Bench decide() {
    while (scheduler.scheduleOne()) {
      // until none is left
    }
    return this;
  }

  String nodeOf(String pod) {
    String node = cache.nodeOf("uid-" + pod);
    return node == null ? "" : node;
  }

  @Override
  public void scheduled(PodInfo pod, String node) {
    placed.put(pod.key().name(), node);
  }

  @Override
  public void unschedulable(PodInfo pod, String message, String nominatedNode) {
    refused.put(pod.key().name(), message);
  }

  @Override
  public void failed(PodInfo pod, String message) {
    refused.put(pod.key().name(), message);
  }

  @Override
  public void preempt(PodInfo pod, String node, List<PodInfo> victims) {
    victims.forEach(victim -> preempted.add(victim.key().name()));
  }
}
