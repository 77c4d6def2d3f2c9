package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.AffinityTerm;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodGroup;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import io.kemudi.scheduler.framework.Snapshot.TermKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Keeps pods near to or away from other pods: what the pod says, and what the pods that already
/// run say of it. The distinct terms of running pods are few (their sets share them), so both
/// directions cost one pass over the nodes per term.
public final class InterPodAffinity implements FilterPlugin, ScorePlugin, EventHints {
  private static final FilterResult NOT_NEAR =
      FilterResult.unresolvable("node(s) didn't match pod affinity rules");
  private static final FilterResult TOO_NEAR =
      FilterResult.unschedulable("node(s) didn't match pod anti-affinity rules");
  private static final FilterResult UNWANTED =
      FilterResult.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

  /// What a running pod's required affinity to this one counts among preferences, as upstream.
  private static final int REQUIRED_WEIGHT = 1;

  private static final Normalize BETWEEN_EXTREMES =
      (score, min, max) -> max == min ? 0 : MAX_SCORE * (score - min) / (max - min);

  @Override
  public String name() {
    return "InterPodAffinity";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    List<DomainCounts> near = near(pod, nodes);
    List<DomainCounts> away =
        pod.antiAffinity().stream().map(term -> counts(term, term.pods(), nodes)).toList();
    List<DomainCounts> unwanted = said(TermKind.ANTI_AFFINITY, pod, nodes);
    if (near.isEmpty() && away.isEmpty() && unwanted.isEmpty()) {
      return PreFilter.SKIP;
    }
    boolean first = near.stream().allMatch(term -> term.total() == 0) && meansItself(pod, nodes);
    return new PreFilter.OfCluster(row -> {
      if (!isNear(near, first, row)) {
        return NOT_NEAR;
      }
      if (any(away, row)) {
        return TOO_NEAR;
      }
      return any(unwanted, row) ? UNWANTED : FilterResult.FITS;
    });
  }

  /// Only pods that match all terms count for any of them.
  private static List<DomainCounts> near(PodInfo pod, Snapshot nodes) {
    List<AffinityTerm> terms = pod.affinity();
    boolean together =
        terms.size() > 1
            && terms.stream().allMatch(term -> term.pods().namespaceSelector() == null);
    if (!together) {
      return terms.stream().map(term -> counts(term, term.pods(), nodes)).toList();
    }
    PodGroup all = terms.stream().map(AffinityTerm::pods).reduce(PodGroup::and).orElseThrow();
    return terms.stream().map(term -> counts(term, all, nodes)).toList();
  }

  private static DomainCounts counts(AffinityTerm term, PodGroup pods, Snapshot nodes) {
    return DomainCounts.of(nodes, term.topologyKey(), nodes.countsOf(pods, true), _ -> true);
  }

  /// The first pod of a group that wants to be near its own kind has to be let in somewhere.
  private static boolean meansItself(PodInfo pod, Snapshot nodes) {
    return pod.affinity().stream()
        .allMatch(term -> term.pods().matches(pod, nodes.namespaceLabels()));
  }

  private static boolean isNear(List<DomainCounts> near, boolean first, int row) {
    for (int i = 0; i < near.size(); i++) {
      boolean well = first ? near.get(i).placed(row) : near.get(i).sum(row) > 0;
      if (!well) {
        return false;
      }
    }
    return true;
  }

  private static boolean any(List<DomainCounts> counts, int row) {
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i).sum(row) > 0) {
        return true;
      }
    }
    return false;
  }

  /// The terms of running pods that mean this pod.
  private static List<DomainCounts> said(TermKind kind, PodInfo pod, Snapshot nodes) {
    List<DomainCounts> result = new ArrayList<>();
    for (Map.Entry<AffinityTerm, int[]> term : nodes.terms(kind).entrySet()) {
      if (term.getKey().pods().matches(pod, nodes.namespaceLabels())) {
        result.add(DomainCounts.of(nodes, term.getKey().topologyKey(), term.getValue(), _ -> true));
      }
    }
    return result;
  }

  private record Pull(DomainCounts counts, int weight) {}

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    List<Pull> pulls = new ArrayList<>();
    for (AffinityTerm term : pod.preferredAffinity()) {
      pulls.add(new Pull(counts(term, term.pods(), nodes), term.weight()));
    }
    for (AffinityTerm term : pod.preferredAntiAffinity()) {
      pulls.add(new Pull(counts(term, term.pods(), nodes), -term.weight()));
    }
    addSaid(TermKind.PREFERRED_AFFINITY, 1, pod, nodes, pulls);
    addSaid(TermKind.PREFERRED_ANTI_AFFINITY, -1, pod, nodes, pulls);
    addSaid(TermKind.AFFINITY, REQUIRED_WEIGHT, pod, nodes, pulls);
    return pulls.isEmpty()
        ? PreScore.SKIP
        : new PreScore.OfCluster(row -> pull(pulls, row), BETWEEN_EXTREMES);
  }

  /// A required term has no weight of its own.
  private static void addSaid(
      TermKind kind, int factor, PodInfo pod, Snapshot nodes, List<Pull> pulls) {
    for (Map.Entry<AffinityTerm, int[]> entry : nodes.terms(kind).entrySet()) {
      AffinityTerm term = entry.getKey();
      if (term.pods().matches(pod, nodes.namespaceLabels())) {
        pulls.add(
            new Pull(
                DomainCounts.of(nodes, term.topologyKey(), entry.getValue(), _ -> true),
                factor * Math.max(1, term.weight())));
      }
    }
  }

  private static long pull(List<Pull> pulls, int row) {
    long sum = 0;
    for (int i = 0; i < pulls.size(); i++) {
      sum += pulls.get(i).counts().sum(row) * pulls.get(i).weight();
    }
    return sum;
  }

  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return !(event instanceof ClusterEvent.VolumesChanged);
  }
}
