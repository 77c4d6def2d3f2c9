package io.kemudi.scheduler.plugins;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.kubernetes.core.v1.TopologySpreadConstraint;
import io.kemudi.scheduler.framework.ClusterEvent;
import io.kemudi.scheduler.framework.EventHints;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodGroup;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.ScorePlugin;
import io.kemudi.scheduler.framework.Snapshot;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/// Spreads pods over zones, hosts or other topologies, as their constraints say: `DoNotSchedule`
/// filters, `ScheduleAnyway` prefers. Pods that say nothing and belong to a Service or a set are
/// spread by two soft constraints, over hosts and over zones, as upstream's defaults have it.
public final class PodTopologySpread implements FilterPlugin, ScorePlugin, EventHints {
  private static final FilterResult SKEWED =
      FilterResult.unschedulable("node(s) didn't match pod topology spread constraints");
  private static final FilterResult UNLABELLED =
      FilterResult.unresolvable(
          "node(s) didn't match pod topology spread constraints (missing required label)");

  /// Upstream's system defaults (KEP-1258), without their selector, which is the pod's own.
  private static final List<TopologySpreadConstraint> DEFAULTS =
      List.of(soft("kubernetes.io/hostname", 3), soft("topology.kubernetes.io/zone", 5));

  /// What pods belong to.
  public interface Workloads {
    Workloads NONE = _ -> LabelSelector.NOTHING;

    /// Selects the pods that share all Services and the set that this one belongs to; nothing when
    /// it belongs to none.
    LabelSelector selectorOf(PodInfo pod);
  }

  private final Workloads workloads;

  public PodTopologySpread(Workloads workloads) {
    this.workloads = workloads;
  }

  private static TopologySpreadConstraint soft(String topologyKey, int maxSkew) {
    return TopologySpreadConstraint.newBuilder()
        .setTopologyKey(topologyKey)
        .setMaxSkew(maxSkew)
        .setWhenUnsatisfiable("ScheduleAnyway")
        .build();
  }

  /// The score of nodes that are in no domain.
  private static final long NOWHERE = -1;

  /// Fewer pods near are better; nodes in no domain are worst.
  private static final Normalize FEWER =
      (score, min, max) -> {
        if (score == NOWHERE) {
          return 0;
        }
        return max <= 0 ? MAX_SCORE : MAX_SCORE * (max + Math.max(0, min) - score) / max;
      };

  @Override
  public String name() {
    return "PodTopologySpread";
  }

  /// One constraint with the state of its domains. `self` is 1 when the pod counts for its own
  /// constraint, `least` the count of the emptiest domain.
  private record Constraint(DomainCounts domains, int maxSkew, int self, long least) {
    boolean skewed(int row) {
      return domains.sum(row) + self - least > maxSkew;
    }
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    List<TopologySpreadConstraint> said = constraints(pod, "DoNotSchedule");
    if (said.isEmpty()) {
      return PreFilter.SKIP;
    }
    List<Constraint> constraints = said.stream().map(one -> hard(one, said, pod, nodes)).toList();
    return new PreFilter.OfCluster(row -> check(constraints, row));
  }

  private static List<TopologySpreadConstraint> constraints(PodInfo pod, String whenUnsatisfiable) {
    List<TopologySpreadConstraint> all = pod.pod().getSpec().getTopologySpreadConstraintsList();
    return all.isEmpty()
        ? all
        : all.stream().filter(one -> one.getWhenUnsatisfiable().equals(whenUnsatisfiable)).toList();
  }

  private static Constraint hard(
      TopologySpreadConstraint constraint,
      List<TopologySpreadConstraint> all,
      PodInfo pod,
      Snapshot nodes) {
    PodGroup group = PodGroup.of(constraint, pod);
    DomainCounts domains =
        DomainCounts.of(
            nodes,
            constraint.getTopologyKey(),
            nodes.countsOf(group, false),
            eligible(constraint, all, pod, nodes));
    boolean tooFew = domains.domains() < Math.max(1, constraint.getMinDomains());
    return new Constraint(
        domains,
        constraint.getMaxSkew(),
        group.matches(pod, nodes.namespaceLabels()) ? 1 : 0,
        tooFew ? 0 : domains.least());
  }

  /// Which nodes' pods count: those with all the topologies, and that the pod itself could choose.
  private static IntPredicate eligible(
      TopologySpreadConstraint constraint,
      List<TopologySpreadConstraint> all,
      PodInfo pod,
      Snapshot nodes) {
    var spec = pod.pod().getSpec();
    boolean byAffinity =
        !constraint.getNodeAffinityPolicy().equals("Ignore")
            && (spec.getNodeSelectorCount() > 0 || spec.getAffinity().hasNodeAffinity());
    boolean byTaints = constraint.getNodeTaintsPolicy().equals("Honor");
    var topologies = all.stream().map(one -> nodes.topology(one.getTopologyKey())).toList();
    return row -> {
      for (int i = 0; i < topologies.size(); i++) {
        if (topologies.get(i).domain(row) < 0) {
          return false;
        }
      }
      return (!byAffinity || NodeTerms.required(pod.pod(), nodes.node(row)))
          && (!byTaints || TaintToleration.tolerated(spec.getTolerationsList(), nodes.node(row)));
    };
  }

  private static FilterResult check(List<Constraint> constraints, int row) {
    for (int i = 0; i < constraints.size(); i++) {
      if (!constraints.get(i).domains().placed(row)) {
        return UNLABELLED;
      }
      if (constraints.get(i).skewed(row)) {
        return SKEWED;
      }
    }
    return FilterResult.FITS;
  }

  /// A soft constraint: each pod near counts `weight`, more where there are more domains.
  private record Preference(DomainCounts domains, int maxSkew, double weight) {
    double score(int row) {
      return domains.sum(row) * weight + maxSkew - 1;
    }
  }

  @Override
  public PreScore preScore(PodInfo pod, Snapshot nodes) {
    if (pod.pod().getSpec().getTopologySpreadConstraintsCount() == 0) {
      return byDefault(pod, nodes);
    }
    List<TopologySpreadConstraint> said = constraints(pod, "ScheduleAnyway");
    if (said.isEmpty()) {
      return PreScore.SKIP;
    }
    List<Preference> preferences =
        said.stream().map(one -> soft(one, said, PodGroup.of(one, pod), pod, nodes)).toList();
    return new PreScore.OfCluster(row -> score(preferences, row), FEWER);
  }

  /// Each default by itself: a cluster without zones is spread over hosts all the same.
  private PreScore byDefault(PodInfo pod, Snapshot nodes) {
    LabelSelector selector = workloads.selectorOf(pod);
    if (selector.selectsNothing()) {
      return PreScore.SKIP;
    }
    var group = new PodGroup(Set.of(pod.key().namespace()), null, selector);
    List<Preference> preferences =
        DEFAULTS.stream().map(one -> soft(one, List.of(one), group, pod, nodes)).toList();
    return new PreScore.OfCluster(row -> scoreWherePlaced(preferences, row), FEWER);
  }

  private static long scoreWherePlaced(List<Preference> preferences, int row) {
    double sum = 0;
    for (int i = 0; i < preferences.size(); i++) {
      Preference preference = preferences.get(i);
      sum += preference.domains().placed(row) ? preference.score(row) : 0;
    }
    return Math.round(sum);
  }

  private static Preference soft(
      TopologySpreadConstraint constraint,
      List<TopologySpreadConstraint> all,
      PodGroup group,
      PodInfo pod,
      Snapshot nodes) {
    DomainCounts domains =
        DomainCounts.of(
            nodes,
            constraint.getTopologyKey(),
            nodes.countsOf(group, false),
            eligible(constraint, all, pod, nodes));
    return new Preference(domains, constraint.getMaxSkew(), Math.log(domains.domains() + 2.0));
  }

  private static long score(List<Preference> preferences, int row) {
    double sum = 0;
    for (int i = 0; i < preferences.size(); i++) {
      if (!preferences.get(i).domains().placed(row)) {
        return NOWHERE;
      }
      sum += preferences.get(i).score(row);
    }
    return Math.round(sum);
  }

  /// Pods that come or go anywhere change the counts.
  @Override
  public boolean mayHelp(PodInfo refused, ClusterEvent event) {
    return !(event instanceof ClusterEvent.VolumesChanged);
  }
}
