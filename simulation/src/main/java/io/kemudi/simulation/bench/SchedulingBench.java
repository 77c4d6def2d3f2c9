package io.kemudi.simulation.bench;

import io.kemudi.client.api.Binding;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.Outcome;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.TopologySpreadConstraint;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.scheduler.DefaultPlugins;
import io.kemudi.scheduler.Reporter;
import io.kemudi.scheduler.Scheduler;
import io.kemudi.scheduler.cache.SchedulerCache;
import io.kemudi.scheduler.framework.BindPlugin;
import io.kemudi.scheduler.framework.NamespaceLabels;
import io.kemudi.scheduler.framework.Plugin;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/// How many pods a second are decided in memory: no server, no binding, one thread.
public final class SchedulingBench {
  private SchedulingBench() {}

  /// One row per shape of pod.
  public static List<Row> rows(int nodes, int pods) {
    run("warm-up", nodes, pods, SchedulingBench::basic);
    return List.of(
        run("basic", nodes, pods, SchedulingBench::basic),
        run("many shapes", nodes, pods / 4, SchedulingBench::manyShapes),
        run("node affinity", nodes, pods, SchedulingBench::nodeAffinity),
        run("preferred affinity", nodes, pods, SchedulingBench::preferredNodeAffinity),
        run("hard zone spread", nodes, pods / 4, (pod, _) -> spread(pod, true)),
        run("soft zone spread", nodes, pods / 4, (pod, _) -> spread(pod, false)),
        run("pod affinity", nodes, pods / 4, (pod, _) -> affinity(pod)),
        run("host anti-affinity", nodes, Math.min(nodes, pods / 4), (pod, _) -> antiAffinity(pod)));
  }

  private static Row run(String name, int nodes, int pods, BiConsumer<Pod.Builder, Integer> shape) {
    var cache = new SchedulerCache(new ResourceNames(), NamespaceLabels.NONE);
    var scheduler =
        new Scheduler(
            plugins(),
            cache,
            SILENT,
            Set.of("default-scheduler"),
            new ManualTime(),
            new SplittableRandom(1),
            () -> {});
    for (int i = 0; i < nodes; i++) {
      scheduler.nodeIs(node(i));
    }
    for (int i = 0; i < pods; i++) {
      Pod.Builder pod = pod(i);
      shape.accept(pod, i);
      scheduler.podIs(pod.build());
    }
    long beganNs = System.nanoTime();
    int decided = 0;
    while (decided < pods) {
      if (scheduler.scheduleOne()) {
        decided++;
      } else if (scheduler.bindNext()) {
        scheduler.settle();
      } else {
        break;
      }
    }
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    int placed = cache.keys().size();
    return new Row("decided: " + name, pods, placed / seconds, 0, 0, 0, Map.of(), pods - placed);
  }

  /// The default ones, but binding succeeds at once.
  private static Plugins plugins() {
    Plugins defaults = DefaultPlugins.of(new FakeApiClient());
    List<Plugin> all = new ArrayList<>(defaults.all());
    all.removeIf(BindPlugin.class::isInstance);
    all.add(new Accepting());
    return new Plugins(all, defaults.scores());
  }

  private static final class Accepting implements BindPlugin {
    @Override
    public String name() {
      return "Accepting";
    }

    @Override
    public List<Outcome<Binding>> bind(List<Binding> bindings) {
      return bindings.stream().<Outcome<Binding>>map(Outcome.Done::new).toList();
    }
  }

  private static Node node(int i) {
    Node.Builder node = Node.newBuilder();
    node.getMetadataBuilder()
        .setName("node-" + i)
        .setUid("node-" + i)
        .putLabels("kubernetes.io/hostname", "node-" + i)
        .putLabels("topology.kubernetes.io/zone", "zone-" + i % 3);
    node.getStatusBuilder()
        .putAllocatable("cpu", quantity("32"))
        .putAllocatable("memory", quantity("256Gi"))
        .putAllocatable("pods", quantity("110"));
    return node.build();
  }

  private static Pod.Builder pod(int i) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder()
        .setNamespace("bench")
        .setName("pod-" + i)
        .setUid("pod-" + i)
        .putLabels("app", "bench");
    pod.getSpecBuilder()
        .addContainersBuilder()
        .getResourcesBuilder()
        .putRequests("cpu", quantity("100m"))
        .putRequests("memory", quantity("200Mi"));
    return pod;
  }

  private static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }

  private static void basic(Pod.Builder pod, int i) {}

  private static void manyShapes(Pod.Builder pod, int i) {
    pod.getSpecBuilder()
        .getContainersBuilder(0)
        .getResourcesBuilder()
        .putRequests("cpu", quantity((50 + i % 400) + "m"));
  }

  private static void nodeAffinity(Pod.Builder pod, int i) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getNodeAffinityBuilder()
        .getRequiredDuringSchedulingIgnoredDuringExecutionBuilder()
        .addNodeSelectorTermsBuilder()
        .addMatchExpressionsBuilder()
        .setKey("topology.kubernetes.io/zone")
        .setOperator("In")
        .addValues("zone-1")
        .addValues("zone-2");
  }

  private static void preferredNodeAffinity(Pod.Builder pod, int i) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getNodeAffinityBuilder()
        .addPreferredDuringSchedulingIgnoredDuringExecutionBuilder()
        .setWeight(1)
        .getPreferenceBuilder()
        .addMatchExpressionsBuilder()
        .setKey("topology.kubernetes.io/zone")
        .setOperator("In")
        .addValues("zone-1");
  }

  private static void spread(Pod.Builder pod, boolean hard) {
    TopologySpreadConstraint.Builder constraint =
        TopologySpreadConstraint.newBuilder()
            .setMaxSkew(1)
            .setTopologyKey("topology.kubernetes.io/zone")
            .setWhenUnsatisfiable(hard ? "DoNotSchedule" : "ScheduleAnyway");
    constraint.getLabelSelectorBuilder().putMatchLabels("app", "bench");
    pod.getSpecBuilder().addTopologySpreadConstraints(constraint);
  }

  private static void affinity(Pod.Builder pod) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getPodAffinityBuilder()
        .addRequiredDuringSchedulingIgnoredDuringExecutionBuilder()
        .setTopologyKey("topology.kubernetes.io/zone")
        .getLabelSelectorBuilder()
        .putMatchLabels("app", "bench");
  }

  private static void antiAffinity(Pod.Builder pod) {
    pod.getSpecBuilder()
        .getAffinityBuilder()
        .getPodAntiAffinityBuilder()
        .addRequiredDuringSchedulingIgnoredDuringExecutionBuilder()
        .setTopologyKey("kubernetes.io/hostname")
        .getLabelSelectorBuilder()
        .putMatchLabels("app", "bench");
  }

  private static final Reporter SILENT =
      new Reporter() {
        @Override
        public void scheduled(PodInfo pod, String node) {}

        @Override
        public void unschedulable(PodInfo pod, String message, String nominatedNode) {}

        @Override
        public void failed(PodInfo pod, String message) {}

        @Override
        public void preempt(PodInfo pod, String node, List<PodInfo> victims) {}
      };
}
