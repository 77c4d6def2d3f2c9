package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PreferredSchedulingTerm;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.List;
import java.util.Set;

/// Node selector and node affinity: required terms filter, preferred ones add their weight.
public final class NodeAffinity implements FilterPlugin, ScorePlugin, EventHints {
  private static final FilterResult OTHER =
      FilterResult.unresolvable("node(s) didn't match Pod's node affinity/selector");

  @Override
  public String name() {
    return "NodeAffinity";
  }

  @Override
  public PreFilter preFilter(PodInfo info, Snapshot nodes) {
    Pod pod = info.pod();
    boolean anyNode =
        pod.getSpec().getNodeSelectorCount() == 0
            && !pod.getSpec()
                .getAffinity()
                .getNodeAffinity()
                .hasRequiredDuringSchedulingIgnoredDuringExecution();
    if (anyNode) {
      return PreFilter.SKIP;
    }
    NodeFilter filter = row -> NodeTerms.required(pod, nodes.node(row)) ? FilterResult.FITS : OTHER;
    Set<String> named = NodeTerms.named(pod);
    return named == null ? new PreFilter.OfNode(filter) : new PreFilter.OfSomeNodes(named, filter);
  }

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    List<PreferredSchedulingTerm> terms =
        pod.pod()
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getPreferredDuringSchedulingIgnoredDuringExecutionList();
    return terms.isEmpty()
        ? PreScore.SKIP
        : new PreScore.OfNode(row -> weight(terms, nodes.node(row)), Normalize.TO_GREATEST);
  }

  private static long weight(List<PreferredSchedulingTerm> terms, Node node) {
    long sum = 0;
    for (PreferredSchedulingTerm term : terms) {
      if (NodeTerms.matches(term.getPreference(), node)) {
        sum += term.getWeight();
      }
    }
    return sum;
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.NodeAdded added -> NodeTerms.required(refused.pod(), added.node());
      case ClusterEvent.NodeChanged changed ->
          !NodeTerms.required(refused.pod(), changed.before())
              && NodeTerms.required(refused.pod(), changed.after());
      case ClusterEvent.PodPlaced _ -> false;
      case ClusterEvent.VolumesChanged _ -> false;
      case ClusterEvent.PodGone _ -> false;
    };
  }
}
