package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.HostPort;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.Snapshot;

/// A host port is held by one pod of a node.
public final class NodePorts implements FilterPlugin, EventHints {
  private static final FilterResult TAKEN =
      FilterResult.unschedulable("node(s) didn't have free ports for the requested pod ports");

  @Override
  public String name() {
    return "NodePorts";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    return pod.hostPorts().isEmpty()
        ? PreFilter.SKIP
        : new PreFilter.OfNode(row -> free(pod, nodes, row) ? FilterResult.FITS : TAKEN);
  }

  private static boolean free(PodInfo pod, Snapshot nodes, int row) {
    for (HostPort port : pod.hostPorts()) {
      if (nodes.conflicts(port, row)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.NodeAdded _ -> true;
      case ClusterEvent.NodeChanged _ -> false;
      case ClusterEvent.PodPlaced _ -> false;
      case ClusterEvent.VolumesChanged _ -> false;
      case ClusterEvent.PodGone gone ->
          refused.hostPorts().stream()
              .anyMatch(port -> gone.pod().hostPorts().stream().anyMatch(port::conflictsWith));
    };
  }
}
