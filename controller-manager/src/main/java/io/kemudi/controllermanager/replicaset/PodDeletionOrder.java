package io.kemudi.controllermanager.replicaset;

import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which pods go first when there are too many: those that cost their users the least. In order:
/// without a node; pending before unknown before running; not ready; lower
/// `controller.kubernetes.io/pod-deletion-cost`; on the node with more pods of the same owner;
/// ready for a shorter time; restarted more often; younger (upstream's ActivePodsWithRanks).
public final class PodDeletionOrder {
  private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
  private static final Map<String, Integer> PHASES =
      Map.of("Pending", 0, "Unknown", 1, "Running", 2);

  private PodDeletionOrder() {}

  /// The first `count` of `pods` to delete.
  public static List<Pod> first(int count, List<Pod> pods, Instant now) {
    var perNode = new HashMap<String, Integer>();
    pods.forEach(p -> perNode.merge(p.getSpec().getNodeName(), 1, Integer::sum));
    Comparator<Pod> order =
        Comparator.<Pod, Boolean>comparing(p -> !p.getSpec().getNodeName().isEmpty())
            .thenComparing(p -> PHASES.getOrDefault(p.getStatus().getPhase(), 0))
            .thenComparing(PodStates::isReady)
            .thenComparing(PodDeletionOrder::cost)
            .thenComparing(p -> -perNode.getOrDefault(p.getSpec().getNodeName(), 0))
            .thenComparing(PodStates::readySince, Comparator.reverseOrder())
            .thenComparing(PodDeletionOrder::restarts, Comparator.reverseOrder())
            .thenComparing(PodDeletionOrder::created, Comparator.reverseOrder())
            .thenComparing(p -> p.getMetadata().getName());
    return pods.stream().sorted(order).limit(count).toList();
  }

  private static int cost(Pod pod) {
    String text = pod.getMetadata().getAnnotationsOrDefault(COST, "0");
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0; // refused on write by upstream; here it only loses its say
    }
  }

  private static int restarts(Pod pod) {
    return pod.getStatus().getContainerStatusesList().stream()
        .mapToInt(ContainerStatus::getRestartCount)
        .max()
        .orElse(0);
  }

  private static Instant created(Pod pod) {
    return PodStates.instant(pod.getMetadata().getCreationTimestamp());
  }
}
