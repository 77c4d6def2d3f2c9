package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.Set;

/// A pod that names its node runs there.
public final class NodeName implements FilterPlugin, EventHints {
  private static final FilterResult OTHER =
      FilterResult.unresolvable("node(s) didn't match the requested node name");

  @Override
  public String name() {
    return "NodeName";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    String wanted = pod.pod().getSpec().getNodeName();
    return wanted.isEmpty()
        ? PreFilter.SKIP
        : new PreFilter.OfSomeNodes(
            Set.of(wanted), row -> nodes.name(row).equals(wanted) ? FilterResult.FITS : OTHER);
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return event instanceof ClusterEvent.NodeAdded;
  }
}
