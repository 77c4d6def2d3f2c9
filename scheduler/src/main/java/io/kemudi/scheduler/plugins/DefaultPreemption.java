package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.Diagnosis;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PostFilterPlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes room by sending away pods of lower priority: on the node where that costs least, and no
/// more pods than needed. "What if" is the snapshot itself with pods taken off a row and put back.
public final class DefaultPreemption implements PostFilterPlugin {
  /// Nodes that are tried before the best so far is taken. Semi-arbitrary, as upstream's minimum.
  private static final int CANDIDATES = 100;

  private static final FilterResult NO_VICTIMS =
      FilterResult.unschedulable("No preemption victims found for incoming pod");
  private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";

  /// Most important last to go: higher priority, then started earlier.
  private static final Comparator<PodInfo> IMPORTANCE =
      Comparator.comparingInt(PodInfo::priority)
          .reversed()
          .thenComparingLong(pod -> pod.pod().getStatus().getStartTime().getSeconds())
          .thenComparing(PodInfo::key);

  @Override
  public String name() {
    return "DefaultPreemption";
  }

  private record Candidate(int row, List<PodInfo> victims) {
    int highest() {
      return victims.stream().mapToInt(PodInfo::priority).max().orElse(Integer.MIN_VALUE);
    }

    long sum() {
      return victims.stream().mapToLong(PodInfo::priority).sum();
    }
  }

  private static final Comparator<Candidate> COST =
      Comparator.comparingInt(Candidate::highest)
          .thenComparingLong(Candidate::sum)
          .thenComparingInt(candidate -> candidate.victims().size())
          .thenComparingInt(Candidate::row);

  @Override
  public PostFilter postFilter(PodInfo pod, Snapshot nodes, Diagnosis diagnosis, NodeCheck check) {
    String ineligible = ineligible(pod, nodes);
    if (ineligible != null) {
      return new PostFilter.Unschedulable("preemption: " + ineligible);
    }
    Candidate best = null;
    int found = 0;
    for (int row : diagnosis.resolvable()) {
      Candidate candidate = found < CANDIDATES ? candidate(pod, nodes, row, check) : null;
      if (candidate != null) {
        found++;
        best = best == null || COST.compare(candidate, best) < 0 ? candidate : best;
      }
    }
    return best == null
        ? new PostFilter.Unschedulable("preemption: " + explain(diagnosis))
        : new PostFilter.Nominated(nodes.name(best.row()), best.victims());
  }

  private static @Nullable String ineligible(PodInfo pod, Snapshot nodes) {
    if (pod.pod().getSpec().getPreemptionPolicy().equals("Never")) {
      return "not eligible due to preemptionPolicy=Never.";
    }
    int nominated = nodes.row(pod.pod().getStatus().getNominatedNodeName());
    boolean leaving =
        nominated >= 0
            && nodes.pods(nominated).stream()
                .anyMatch(other -> other.terminating() && other.priority() < pod.priority());
    return leaving ? "not eligible due to a terminating pod on the nominated node." : null;
  }

  private static String explain(Diagnosis diagnosis) {
    var why = new Diagnosis(diagnosis.nodeCount());
    diagnosis.resolvable().forEach(row -> why.add(row, "", NO_VICTIMS));
    why.addUnseen(diagnosis.nodeCount() - diagnosis.resolvable().size(), "", NOT_HELPFUL);
    return why.message();
  }

  private static @Nullable Candidate candidate(
      PodInfo pod, Snapshot nodes, int row, NodeCheck check) {
    List<PodInfo> lower =
        nodes.pods(row).stream()
            .filter(other -> other.priority() < pod.priority())
            .sorted(IMPORTANCE)
            .toList();
    if (lower.isEmpty()) {
      return null;
    }
    lower.forEach(other -> nodes.removePod(other, row));
    List<PodInfo> victims = new ArrayList<>();
    boolean fits = check.fits(row);
    for (PodInfo other : lower) {
      nodes.addPod(other, row);
      if (fits && !check.fits(row)) {
        nodes.removePod(other, row);
        victims.add(other);
      }
    }
    victims.forEach(other -> nodes.addPod(other, row));
    return fits ? new Candidate(row, victims) : null;
  }
}
