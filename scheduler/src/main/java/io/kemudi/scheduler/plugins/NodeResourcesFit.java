package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.List;

/// A node must have room for what the pod requests; those with more room left are preferred
/// (upstream's LeastAllocated).
public final class NodeResourcesFit implements FilterPlugin, ScorePlugin, EventHints {
  @Override
  public String name() {
    return "NodeResourcesFit";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    return new PreFilter.OfNode(row -> fit(pod, nodes, row));
  }

  /// Whether the node has room, in pure arithmetic.
  static FilterResult fit(PodInfo pod, Snapshot nodes, int row) {
    boolean full = nodes.pods(row).size() + 1 > nodes.allowedPods(row);
    if (!full && fitsAll(pod, nodes, row)) {
      return FilterResult.FITS;
    }
    List<String> reasons = new ArrayList<>();
    boolean everFits = true;
    if (full) {
      reasons.add("Too many pods");
      everFits = nodes.allowedPods(row) > 0;
    }
    for (int resource = 0; resource < pod.requestCount(); resource++) {
      if (!fits(pod, nodes, resource, row)) {
        reasons.add("Insufficient " + nodes.resources().name(resource));
        everFits &= pod.request(resource) <= nodes.allocatable(resource, row);
      }
    }
    return everFits
        ? new FilterResult.Unschedulable(reasons)
        : new FilterResult.UnschedulableAndUnresolvable(reasons);
  }

  private static boolean fitsAll(PodInfo pod, Snapshot nodes, int row) {
    for (int resource = 0; resource < pod.requestCount(); resource++) {
      if (!fits(pod, nodes, resource, row)) {
        return false;
      }
    }
    return true;
  }

  /// Who asks for nothing fits even where too much is promised already.
  private static boolean fits(PodInfo pod, Snapshot nodes, int resource, int row) {
    long request = pod.request(resource);
    return request == 0
        || request <= nodes.allocatable(resource, row) - nodes.requested(resource, row);
  }

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    return new PreScore.OfNode(row -> leastAllocated(pod, nodes, row), Normalize.NONE);
  }

  private static long leastAllocated(PodInfo pod, Snapshot nodes, int row) {
    long cpu = nodes.assumedCpu(row) + pod.assumedRequest(ResourceNames.CPU);
    long memory = nodes.assumedMemory(row) + pod.assumedRequest(ResourceNames.MEMORY);
    long cpuCapacity = nodes.allocatable(ResourceNames.CPU, row);
    long memoryCapacity = nodes.allocatable(ResourceNames.MEMORY, row);
    int counted = (cpuCapacity == 0 ? 0 : 1) + (memoryCapacity == 0 ? 0 : 1);
    return counted == 0 ? 0 : (free(cpu, cpuCapacity) + free(memory, memoryCapacity)) / counted;
  }

  private static long free(long requested, long capacity) {
    return requested > capacity || capacity == 0
        ? 0
        : (long) ((double) (capacity - requested) / capacity * MAX_SCORE);
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.NodeAdded _ -> true;
      case ClusterEvent.NodeChanged changed ->
          !changed
              .before()
              .getStatus()
              .getAllocatableMap()
              .equals(changed.after().getStatus().getAllocatableMap());
      case ClusterEvent.PodPlaced _ -> false;
      case ClusterEvent.VolumesChanged _ -> false;
      case ClusterEvent.PodGone _ -> true;
    };
  }
}
