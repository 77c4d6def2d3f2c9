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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/// How many pods a second are decided in memory: no server, no binding, one thread.
public final class SchedulingBench {
  /// What a pod asks for beyond room.
  public enum Shape {
    BASIC(SchedulingBench::basic),
    MANY_SHAPES(SchedulingBench::manyShapes),
    NODE_AFFINITY(SchedulingBench::nodeAffinity),
    PREFERRED_AFFINITY(SchedulingBench::preferredNodeAffinity),
    HARD_ZONE_SPREAD((pod, _) -> spread(pod, true)),
    SOFT_ZONE_SPREAD((pod, _) -> spread(pod, false)),
    POD_AFFINITY((pod, _) -> affinity(pod)),
    HOST_ANTI_AFFINITY((pod, _) -> antiAffinity(pod));

    private final BiConsumer<Pod.Builder, Integer> form;

    Shape(BiConsumer<Pod.Builder, Integer> form) {
      this.form = form;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final SchedulerCache cache =
      new SchedulerCache(new ResourceNames(), NamespaceLabels.NONE);
  private final Scheduler scheduler =
      new Scheduler(
          plugins(),
          cache,
          SILENT,
          Set.of("default-scheduler"),
          new ManualTime(),
          new SplittableRandom(1),
          () -> {});
  private final int pods;

  /// A scheduler that knows `nodes` nodes and has `pods` pods in its queue.
  public SchedulingBench(Shape shape, int nodes, int pods) {
    this.pods = pods;
    for (int i = 0; i < nodes; i++) {
      scheduler.nodeIs(node(i));
    }
    for (int i = 0; i < pods; i++) {
      Pod.Builder pod = pod(i);
      shape.form.accept(pod, i);
      scheduler.podIs(pod.build());
    }
  }

  /// Decides for every pod.
  ///
  /// @return how many have a node then
  public int decideAll() {
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
    return cache.keys().size();
  }

  /// One row per shape. The harder shapes are measured on fewer pods: the rate is the same.
  public static List<Row> rows(int nodes, int pods) {
    measure(Shape.BASIC, nodes, pods); // warms up
    var rows = new ArrayList<Row>();
    for (Shape shape : Shape.values()) {
      int count = shape == Shape.BASIC || shape == Shape.NODE_AFFINITY ? pods : pods / 4;
      rows.add(
          measure(
              shape, nodes, shape == Shape.HOST_ANTI_AFFINITY ? Math.min(nodes, count) : count));
    }
    return rows;
  }

  private static Row measure(Shape shape, int nodes, int pods) {
    var bench = new SchedulingBench(shape, nodes, pods);
    long beganNs = System.nanoTime();
    int placed = bench.decideAll();
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    return new Row(
        "decided: " + shape.text(), pods, placed / seconds, 0, 0, 0, Map.of(), pods - placed);
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
