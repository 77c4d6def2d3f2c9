package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Any object, of which only the number counts: `count/deployments.apps`, and under a name of their
/// own the few that quotas knew first.
public record CountedItem(String group, String resource) implements QuotaItem {
  private static final Set<String> ALIASES =
      Set.of("configmaps", "replicationcontrollers", "resourcequotas", "secrets");

  static final String PREFIX = "count/";
  static final Quantity ONE = Quantity.of(1);

  /// `count/pods`, `count/jobs.batch`.
  static String countName(String group, String resource) {
    return PREFIX + (group.isEmpty() ? resource : resource + "." + group);
  }

  /// The resource that a name counts, as `jobs.batch`; "" when it counts none by itself.
  public static String countedBy(String name) {
    if (name.startsWith(PREFIX)) {
      return name.substring(PREFIX.length());
    }
    return ALIASES.contains(name) ? name : "";
  }

  private boolean hasAlias() {
    return group.isEmpty() && ALIASES.contains(resource);
  }

  @Override
  public boolean tracks(String name) {
    return name.equals(countName(group, resource)) || hasAlias() && name.equals(resource);
  }

  @Override
  public boolean matches(ScopedResourceSelectorRequirement scope) {
    return false;
  }

  @Override
  public Map<String, Quantity> usage() {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(countName(group, resource), ONE);
    if (hasAlias()) {
      usage.put(resource, ONE);
    }
    return usage;
  }
}
