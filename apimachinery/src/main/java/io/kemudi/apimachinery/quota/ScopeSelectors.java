package io.kemudi.apimachinery.quota;

import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import java.util.Set;

/// Scopes that select by the name of a class.
final class ScopeSelectors {
  private ScopeSelectors() {}

  /// Whether a requirement holds for an object with these class names (empty: it has none). As with
  /// labels, `NotIn` holds for an object without a class.
  static boolean matchesAny(ScopedResourceSelectorRequirement scope, Set<String> names) {
    return switch (scope.getOperator()) {
      case "Exists" -> !names.isEmpty();
      case "DoesNotExist" -> names.isEmpty();
      case "In" -> names.stream().anyMatch(scope.getValuesList()::contains);
      case "NotIn" ->
          names.isEmpty() || names.stream().anyMatch(n -> !scope.getValuesList().contains(n));
      default -> false;
    };
  }
}
