package io.kemudi.scheduler;

import io.kemudi.scheduler.framework.PodInfo;
import java.util.List;

/// Tells people and the server of decisions. Called on the scheduling thread: must not block.
public interface Reporter {
  void scheduled(PodInfo pod, String node);

  /// No node fits, for reasons that are the world's and not ours. `nominatedNode` ("" for none) is
  /// where room is being made.
  void unschedulable(PodInfo pod, String message, String nominatedNode);

  /// Something went wrong.
  void failed(PodInfo pod, String message);

  /// These pods have to go from `node`, to make room for `pod`.
  void preempt(PodInfo pod, String node, List<PodInfo> victims);
}
