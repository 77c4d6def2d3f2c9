package io.kemudi.scheduler.framework;

import java.util.List;

/// Tries to make room when no node fits.
public interface PostFilterPlugin extends Plugin {
  /// `candidates` are rows whose refusals taking pods away may lift.
  PostFilter postFilter(PodInfo pod, Snapshot nodes, Diagnosis diagnosis, NodeCheck check);

  /// Whether the pod would fit a row as the snapshot is right now, by all filters.
  @FunctionalInterface
  interface NodeCheck {
    boolean fits(int row);
  }

  sealed interface PostFilter {
    /// Nothing was done; `message` says why, for people.
    record Unschedulable(String message) implements PostFilter {}

    /// The pod has a chance on `node` once `victims` are gone, which the scheduler sees to.
    record Nominated(String node, List<PodInfo> victims) implements PostFilter {}
  }
}
