package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.kubernetes.core.v1.Toleration;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.List;

/// Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer soft ones.
public final class TaintToleration implements FilterPlugin, ScorePlugin, EventHints {
  /// Says not which taint: its key and value may not be the pod owner's business (as upstream since
  /// 1.34).
  private static final FilterResult UNTOLERATED =
      FilterResult.unresolvable("node(s) had untolerated taint(s)");

  private static final String SOFT = "PreferNoSchedule";

  @Override
  public String name() {
    return "TaintToleration";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    List<Toleration> tolerations = pod.pod().getSpec().getTolerationsList();
    return new PreFilter.OfNode(
        row -> tolerated(tolerations, nodes.node(row)) ? FilterResult.FITS : UNTOLERATED);
  }

  static boolean tolerated(List<Toleration> tolerations, Node node) {
    for (Taint taint : node.getSpec().getTaintsList()) {
      if (!taint.getEffect().equals(SOFT) && !Tolerations.tolerate(tolerations, taint)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    List<Toleration> soft =
        pod.pod().getSpec().getTolerationsList().stream()
            .filter(one -> one.getEffect().isEmpty() || one.getEffect().equals(SOFT))
            .toList();
    return new PreScore.OfNode(row -> untoleratedSoft(soft, nodes.node(row)), Normalize.REVERSED);
  }

  private static long untoleratedSoft(List<Toleration> tolerations, Node node) {
    long count = 0;
    for (Taint taint : node.getSpec().getTaintsList()) {
      if (taint.getEffect().equals(SOFT) && !Tolerations.tolerate(tolerations, taint)) {
        count++;
      }
    }
    return count;
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    List<Toleration> tolerations = refused.pod().getSpec().getTolerationsList();
    return switch (event) {
      case ClusterEvent.NodeAdded added -> tolerated(tolerations, added.node());
      case ClusterEvent.NodeChanged changed ->
          !tolerated(tolerations, changed.before()) && tolerated(tolerations, changed.after());
      case ClusterEvent.PodPlaced _ -> false;
      case ClusterEvent.VolumesChanged _ -> false;
      case ClusterEvent.PodGone _ -> false;
    };
  }
}
