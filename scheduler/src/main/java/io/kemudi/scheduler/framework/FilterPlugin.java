package io.kemudi.scheduler.framework;

import java.util.Set;

/// Says which nodes can run a pod: looks at the pod once (PreFilter), then at node after node
/// (Filter).
public interface FilterPlugin extends Plugin {
  PreFilter preFilter(PodInfo pod, Snapshot nodes);

  /// What a first look at the pod gives.
  sealed interface PreFilter {
    PreFilter SKIP = new Skip();

    /// Every node is fine.
    record Skip() implements PreFilter {}

    /// No node can be; `result` is not [FilterResult.Fits].
    record Refused(FilterResult result) implements PreFilter {}

    /// The answer for a node depends on that node and on the pod's shape alone: pods of one shape
    /// share it until the node changes.
    record OfNode(NodeFilter filter) implements PreFilter {}

    /// As [OfNode], and nodes of other names need not be looked at.
    record OfSomeNodes(Set<String> names, NodeFilter filter) implements PreFilter {}

    /// The answer depends on other nodes too: it holds for this cycle.
    record OfCluster(NodeFilter filter) implements PreFilter {}
  }

  /// The Filter moment, for the pod it was made for.
  @FunctionalInterface
  interface NodeFilter {
    FilterResult filter(int row);
  }
}
