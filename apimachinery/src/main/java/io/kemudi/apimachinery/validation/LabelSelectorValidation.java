package io.kemudi.apimachinery.validation;

import io.kemudi.kubernetes.meta.v1.LabelSelector;
import io.kemudi.kubernetes.meta.v1.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The rules for structured label selectors.
public final class LabelSelectorValidation {
  private LabelSelectorValidation() {}

  public static void validate(LabelSelector selector, FieldPath path, FieldErrors errors) {
    ObjectMetaValidation.validateLabels(
        selector.getMatchLabelsMap(), path.child("matchLabels"), errors);
    FieldPath expressions = path.child("matchExpressions");
    for (int i = 0; i < selector.getMatchExpressionsCount(); i++) {
      validate(selector.getMatchExpressions(i), expressions.index(i), errors);
    }
  }

  private static void validate(
      LabelSelectorRequirement requirement, FieldPath path, FieldErrors errors) {
    boolean none = requirement.getValuesCount() == 0;
    switch (requirement.getOperator()) {
      case "In", "NotIn" -> {
        if (none) {
          errors.required(
              path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!none) {
          errors.forbidden(
              path.child("values"),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default ->
          errors.invalid(
              path.child("operator"), requirement.getOperator(), "not a valid selector operator");
    }
    for (String error : Names.labelKey(requirement.getKey())) {
      errors.invalid(path.child("key"), requirement.getKey(), error);
    }
    for (int i = 0; i < requirement.getValuesCount(); i++) {
      for (String error : Names.labelValue(requirement.getValues(i))) {
        errors.invalid(path.child("values").index(i), requirement.getValues(i), error);
      }
    }
  }

  public static boolean isEmpty(LabelSelector selector) {
    return selector.getMatchLabelsCount() == 0 && selector.getMatchExpressionsCount() == 0;
  }

  /// The selector as an error shows it.
  public static Map<String, Object> shown(LabelSelector selector) {
    Map<String, Object> shown = new LinkedHashMap<>();
    if (selector.getMatchLabelsCount() > 0) {
      shown.put("matchLabels", new TreeMap<>(selector.getMatchLabelsMap()));
    }
    if (selector.getMatchExpressionsCount() > 0) {
      List<Object> expressions = new ArrayList<>();
      for (LabelSelectorRequirement requirement : selector.getMatchExpressionsList()) {
        Map<String, Object> expression = new LinkedHashMap<>();
        expression.put("key", requirement.getKey());
        expression.put("operator", requirement.getOperator());
        if (requirement.getValuesCount() > 0) {
          expression.put("values", requirement.getValuesList());
        }
        expressions.add(expression);
      }
      shown.put("matchExpressions", expressions);
    }
    return shown;
  }
}
