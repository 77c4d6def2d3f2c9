package io.kemudi.proxy.dataplane;

import java.util.Map;
import java.util.Set;

/// Everything the dataplane of a node shall do: complete, so that what is not in it shall not be.
///
/// @param localPods addresses of this node's endpoints: a pod that reaches itself through a service
///   must see another sender than itself
public record DesiredRules(Map<Frontend, Rule> rules, Set<String> localPods) {
  public static final DesiredRules NONE = new DesiredRules(Map.of(), Set.of());

  public DesiredRules {
    rules = Map.copyOf(rules);
    localPods = Set.copyOf(localPods);
  }
}
