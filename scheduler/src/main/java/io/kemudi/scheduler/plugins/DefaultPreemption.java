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
/// more pods than needed. Disruption budgets are kept where that is possible: pods whose going
/// would break one are the last to go, and nodes where fewer have to are better. "What if" is the
/// snapshot itself with pods taken off a row and put back.
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

  private final DisruptionBudgets budgets;

  public DefaultPreemption(DisruptionBudgets budgets) {
    this.budgets = budgets;
  }

  @Override
  public String name() {
    return "DefaultPreemption";
  }

  /// `violations`: how many victims break a budget.
  private record Candidate(int row, List<PodInfo> victims, int violations) {
    int highest() {
      return victims.stream().mapToInt(PodInfo::priority).max().orElse(Integer.MIN_VALUE);
    }

    /// Priorities counted from the lowest possible, so that a pod more always costs more.
    long sum() {
      return victims.stream().mapToLong(pod -> pod.priority() + (1L << 31)).sum();
    }

    /// When the oldest of the most important victims started.
    long since() {
      int highest = highest();
      return victims.stream()
          .filter(pod -> pod.priority() == highest)
          .mapToLong(pod -> pod.pod().getStatus().getStartTime().getSeconds())
          .min()
          .orElse(Long.MAX_VALUE);
    }
  }

  /// Upstream's order; among equals the first row.
  private static final Comparator<Candidate> COST =
      Comparator.comparingInt(Candidate::violations)
          .thenComparingInt(Candidate::highest)
          .thenComparingLong(Candidate::sum)
          .thenComparingInt(candidate -> candidate.victims().size())
          .thenComparing(Comparator.comparingLong(Candidate::since).reversed())
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

  private @Nullable Candidate candidate(PodInfo pod, Snapshot nodes, int row, NodeCheck check) {
    List<PodInfo> lower =
        nodes.pods(row).stream()
            .filter(other -> other.priority() < pod.priority())
            .sorted(IMPORTANCE)
            .toList();
    if (lower.isEmpty()) {
      return null;
    }
    List<PodInfo> violating = budgets.violating(lower);
    List<PodInfo> others = lower.stream().filter(other -> !violating.contains(other)).toList();
    lower.forEach(other -> nodes.removePod(other, row));
    boolean fits = check.fits(row);
    // Who comes first has the better chance to stay.
    List<PodInfo> victims = new ArrayList<>(whoMustGo(violating, nodes, row, check, fits));
    int violations = victims.size();
    victims.addAll(whoMustGo(others, nodes, row, check, fits));
    victims.forEach(other -> nodes.addPod(other, row));
    return fits ? new Candidate(row, victims, violations) : null;
  }

  /// Puts the pods back one by one; gives those that leave no room, which stay off.
  private static List<PodInfo> whoMustGo(
      List<PodInfo> pods, Snapshot nodes, int row, NodeCheck check, boolean fits) {
    List<PodInfo> victims = new ArrayList<>();
    for (PodInfo other : pods) {
      nodes.addPod(other, row);
      if (fits && !check.fits(row)) {
        nodes.removePod(other, row);
        victims.add(other);
      }
    }
    return victims;
  }
}
