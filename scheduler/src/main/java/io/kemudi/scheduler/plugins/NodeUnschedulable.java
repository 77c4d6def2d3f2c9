package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.Snapshot;

/// Keeps pods off cordoned nodes, but for those that tolerate the taint of that name.
public final class NodeUnschedulable implements FilterPlugin, EventHints {
  private static final FilterResult UNSCHEDULABLE =
      FilterResult.unresolvable("node(s) were unschedulable");
  private static final Taint TAINT =
      Taint.newBuilder().setKey("node.kubernetes.io/unschedulable").setEffect("NoSchedule").build();

  @Override
  public String name() {
    return "NodeUnschedulable";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    if (Tolerations.tolerate(pod.pod().getSpec().getTolerationsList(), TAINT)) {
      return PreFilter.SKIP;
    }
    return new PreFilter.OfNode(
        row -> nodes.node(row).getSpec().getUnschedulable() ? UNSCHEDULABLE : FilterResult.FITS);
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.NodeAdded added -> !added.node().getSpec().getUnschedulable();
      case ClusterEvent.NodeChanged changed ->
          changed.before().getSpec().getUnschedulable()
              && !changed.after().getSpec().getUnschedulable();
      case ClusterEvent.PodPlaced _ -> false;
      case ClusterEvent.VolumesChanged _ -> false;
      case ClusterEvent.PodGone _ -> false;
    };
  }
}
