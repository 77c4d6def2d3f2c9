package io.kemudi.proxy.dataplane;

import java.util.Map;
import java.util.Set;

/// What becomes different of [DesiredRules]; everything it does not name stays.
///
/// @param put new rules, and new contents of rules
/// @param removed frontends that are nobody's any more
/// @param podsAdded addresses that become this node's endpoints
/// @param podsRemoved addresses that are no endpoint of this node any more
public record RulesChange(
    Map<Frontend, Rule> put,
    Set<Frontend> removed,
    Set<String> podsAdded,
    Set<String> podsRemoved) {
  public RulesChange {
    put = Map.copyOf(put);
    removed = Set.copyOf(removed);
    podsAdded = Set.copyOf(podsAdded);
    podsRemoved = Set.copyOf(podsRemoved);
  }

  public boolean isEmpty() {
    return put.isEmpty() && removed.isEmpty() && podsAdded.isEmpty() && podsRemoved.isEmpty();
  }
}
