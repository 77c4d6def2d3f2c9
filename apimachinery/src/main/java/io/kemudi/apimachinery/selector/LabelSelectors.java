package io.kemudi.apimachinery.selector;

import io.kemudi.kubernetes.meta.v1.LabelSelectorRequirement;
import java.util.Map;

/// Matching structured selectors as they stand in objects, without building anything. Selectors
/// that are matched often are better turned into a [LabelSelector].
public final class LabelSelectors {
  private LabelSelectors() {}

  /// Whether `selector` (an empty one selects everything) selects `labels`. An unknown operator
  /// selects nothing; validation keeps it out of stored objects.
  public static boolean matches(
      io.kemudi.kubernetes.meta.v1.LabelSelector selector, Map<String, String> labels) {
    for (Map.Entry<String, String> entry : selector.getMatchLabelsMap().entrySet()) {
      if (!entry.getValue().equals(labels.get(entry.getKey()))) {
        return false;
      }
    }
    for (int i = 0; i < selector.getMatchExpressionsCount(); i++) {
      if (!matches(selector.getMatchExpressions(i), labels)) {
        return false;
      }
    }
    return true;
  }

  /// Whether `labels` has all of `required`; false for an empty `required`, as a Service without
  /// selector selects no pods.
  public static boolean matchesAll(Map<String, String> required, Map<String, String> labels) {
    for (Map.Entry<String, String> entry : required.entrySet()) {
      if (!entry.getValue().equals(labels.get(entry.getKey()))) {
        return false;
      }
    }
    return !required.isEmpty();
  }

  private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
    String value = labels.get(requirement.getKey());
    return switch (requirement.getOperator()) {
      case "In" -> value != null && requirement.getValuesList().contains(value);
      case "NotIn" -> value == null || !requirement.getValuesList().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
