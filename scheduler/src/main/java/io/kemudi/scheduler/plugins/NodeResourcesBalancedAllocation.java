package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;

/// Prefers nodes whose CPU and memory would be used to about the same degree, so that neither is
/// left over where the other has run out.
public final class NodeResourcesBalancedAllocation implements ScorePlugin {
  @Override
  public String name() {
    return "NodeResourcesBalancedAllocation";
  }

  /// Without requests any node is as balanced as before.
  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    boolean bestEffort =
        pod.request(ResourceNames.CPU) == 0 && pod.request(ResourceNames.MEMORY) == 0;
    return bestEffort
        ? PreScore.SKIP
        : new PreScore.OfNode(row -> balance(pod, nodes, row), Normalize.NONE);
  }

  private static long balance(PodInfo pod, Snapshot nodes, int row) {
    double cpu = fraction(ResourceNames.CPU, pod, nodes, row);
    double memory = fraction(ResourceNames.MEMORY, pod, nodes, row);
    boolean both = cpu >= 0 && memory >= 0;
    // the standard deviation of two numbers is half their distance
    double deviation = both ? Math.abs(cpu - memory) / 2 : 0;
    return (long) ((1 - deviation) * MAX_SCORE);
  }

  /// How much would be used, at most 1; -1 when the node has none.
  private static double fraction(int resource, PodInfo pod, Snapshot nodes, int row) {
    long capacity = nodes.allocatable(resource, row);
    if (capacity == 0) {
      return -1;
    }
    long used = nodes.requested(resource, row) + pod.request(resource);
    return Math.min(1, (double) used / capacity);
  }
}
