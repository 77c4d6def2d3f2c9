package io.kemudi.proxy.dataplane;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a dataplane was told last, kept up to date change by change.
final class RuleState {
  private final Map<Frontend, Rule> rules = new HashMap<>();
  private final Set<String> localPods = new HashSet<>();

  DesiredRules all() {
    return new DesiredRules(rules, localPods);
  }

  void replace(DesiredRules desired) {
    rules.clear();
    rules.putAll(desired.rules());
    localPods.clear();
    localPods.addAll(desired.localPods());
  }

  /// What is there now of that which `change` names; as large as the change.
  DesiredRules before(RulesChange change) {
    Map<Frontend, Rule> known = new HashMap<>();
    for (Set<Frontend> named : List.of(change.put().keySet(), change.removed())) {
      for (Frontend frontend : named) {
        Rule rule = rules.get(frontend);
        if (rule != null) {
          known.put(frontend, rule);
        }
      }
    }
    Set<String> pods = new HashSet<>(change.podsAdded());
    pods.addAll(change.podsRemoved());
    pods.removeIf(pod -> !localPods.contains(pod));
    return new DesiredRules(known, pods);
  }

  /// What will be there of it.
  static DesiredRules after(RulesChange change) {
    return new DesiredRules(change.put(), change.podsAdded());
  }

  void commit(RulesChange change) {
    change.removed().forEach(rules::remove);
    rules.putAll(change.put());
    change.podsRemoved().forEach(localPods::remove);
    localPods.addAll(change.podsAdded());
  }

  /// Everything as it will be; as large as the state.
  DesiredRules all(RulesChange change) {
    RuleState next = new RuleState();
    next.rules.putAll(rules);
    next.localPods.addAll(localPods);
    next.commit(change);
    return next.all();
  }
}
