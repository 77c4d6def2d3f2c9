package io.kemudi.scheduler.framework;

/// Says which of the nodes that can run a pod suit it better: a look at the pod (PreScore), a
/// number per node (Score), and the numbers brought to 0..100 (NormalizeScore).
public interface ScorePlugin extends Plugin {
  long MAX_SCORE = 100;

  PreScore preScore(PodInfo pod, Snapshot nodes);

  sealed interface PreScore {
    PreScore SKIP = new Skip();

    /// The plugin has no preference.
    record Skip() implements PreScore {}

    /// The score of a node depends on that node and on the pod's shape alone.
    record OfNode(NodeScore score, Normalize normalize) implements PreScore {}

    /// The score depends on other nodes too: it holds for this cycle.
    record OfCluster(NodeScore score, Normalize normalize) implements PreScore {}
  }

  @FunctionalInterface
  interface NodeScore {
    long score(int row);
  }

  /// Brings a score to 0..100, given the least and the greatest of all candidates.
  @FunctionalInterface
  interface Normalize {
    /// Scores are in the range already.
    Normalize NONE = (score, _, _) -> score;

    /// The greatest becomes 100, and 0 stays 0.
    Normalize TO_GREATEST = (score, _, max) -> max == 0 ? 0 : score * MAX_SCORE / max;

    /// The greatest becomes 0, and 0 becomes 100.
    Normalize REVERSED =
        (score, _, max) -> max == 0 ? MAX_SCORE : MAX_SCORE - score * MAX_SCORE / max;

    long normalize(long score, long min, long max);
  }
}
