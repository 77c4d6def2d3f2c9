package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `matchLabelKeys` and `mismatchLabelKeys` stand for the values that the new pod has: they become
/// requirements of the selectors beside them, once, at creation (KEP-3633, KEP-3243).
final class MatchLabelKeys {
  private MatchLabelKeys() {}

  static void merge(
      Map<String, @Nullable Object> spec, @Nullable Map<String, @Nullable Object> labels) {
    if (labels == null) {
      return;
    }
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      Map<String, @Nullable Object> affinity = Tree.map(spec, "affinity", kind);
      for (Map<String, @Nullable Object> term :
          Tree.maps(affinity, "requiredDuringSchedulingIgnoredDuringExecution")) {
        mergeTerm(term, labels);
      }
      for (Map<String, @Nullable Object> weighted :
          Tree.maps(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
        Tree.ifPresent(weighted, "podAffinityTerm", term -> mergeTerm(term, labels));
      }
    }
    Tree.maps(spec, "topologySpreadConstraints")
        .forEach(constraint -> mergeTerm(constraint, labels));
  }

  private static void mergeTerm(
      Map<String, @Nullable Object> term, Map<String, @Nullable Object> labels) {
    Map<String, @Nullable Object> selector = Tree.map(term, "labelSelector");
    if (selector == null) {
      return;
    }
    add(selector, Tree.list(term, "matchLabelKeys"), "In", labels);
    add(selector, Tree.list(term, "mismatchLabelKeys"), "NotIn", labels);
  }

  private static void add(
      Map<String, @Nullable Object> selector,
      List<Object> keys,
      String operator,
      Map<String, @Nullable Object> labels) {
    List<Object> expressions = new ArrayList<>(Tree.list(selector, "matchExpressions"));
    for (Object key : keys) {
      Object value = labels.get(String.valueOf(key));
      if (value == null) {
        continue;
      }
      Map<String, @Nullable Object> expression = new LinkedHashMap<>();
      expression.put("key", key);
      expression.put("operator", operator);
      expression.put("values", new ArrayList<>(List.of(value)));
      expressions.add(expression);
    }
    if (!expressions.isEmpty()) {
      selector.put("matchExpressions", expressions);
    }
  }
}
