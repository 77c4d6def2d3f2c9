package io.kemudi.scheduler.plugins;

import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import io.kemudi.scheduler.framework.PodInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The budgets of a cluster's pods, as their status says them now.
@FunctionalInterface
public interface DisruptionBudgets {
  DisruptionBudgets NONE = _ -> List.of();

  List<PodDisruptionBudget> of(String namespace);

  /// Those of `pods` whose going would break a budget, if they all went in this order: the first
  /// ones use up what a budget allows. A pod that is being disrupted already costs nothing again.
  default List<PodInfo> violating(Collection<PodInfo> pods) {
    Map<PodDisruptionBudget, Integer> left = new HashMap<>();
    List<PodInfo> violating = new ArrayList<>();
    for (PodInfo pod : pods) {
      boolean breaks = false;
      for (PodDisruptionBudget budget : of(pod.key().namespace())) {
        if (covers(budget, pod)) {
          int allowed = left.getOrDefault(budget, budget.getStatus().getDisruptionsAllowed()) - 1;
          left.put(budget, allowed);
          breaks |= allowed < 0;
        }
      }
      if (breaks) {
        violating.add(pod);
      }
    }
    return violating;
  }

  /// For preemption a selector that selects everything selects nothing, and pods without labels are
  /// nobody's: as upstream.
  private static boolean covers(PodDisruptionBudget budget, PodInfo pod) {
    if (pod.labels().isEmpty()
        || budget.getStatus().getDisruptedPodsMap().containsKey(pod.key().name())) {
      return false;
    }
    LabelSelector selector = LabelSelector.of(budget.getSpec().getSelector());
    return !selector.selectsEverything() && selector.matches(pod.labels());
  }
}
