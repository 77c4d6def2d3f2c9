package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One entry of `x-kubernetes-validations`.
///
/// @param reason a `FieldValue...` reason, empty: invalid
/// @param optionalOldSelf null: not said
public record ValidationRule(
    String rule,
    String message,
    String messageExpression,
    String reason,
    String fieldPath,
    @Nullable Boolean optionalOldSelf) {

  static List<ValidationRule> all(@Nullable Object list) {
    List<ValidationRule> rules = new ArrayList<>();
    List<?> entries = Trees.listOrNull(list);
    if (entries != null) {
      for (Object entry : entries) {
        Map<String, @Nullable Object> tree = Trees.objectOrNull(entry);
        if (tree != null) {
          rules.add(of(tree));
        }
      }
    }
    return List.copyOf(rules);
  }

  private static ValidationRule of(Map<String, @Nullable Object> tree) {
    return new ValidationRule(
        Trees.string(tree, "rule"),
        Trees.string(tree, "message"),
        Trees.string(tree, "messageExpression"),
        Trees.string(tree, "reason"),
        Trees.string(tree, "fieldPath"),
        tree.get("optionalOldSelf") instanceof Boolean flag ? flag : null);
  }

  /// What is said when the rule fails and no expression says it better.
  String failure() {
    return message.strip().isEmpty() ? "failed rule: " + rule.strip() : message.strip();
  }

  /// What an evaluation error calls the rule.
  String label() {
    return message.strip().isEmpty() ? rule.strip() : message.strip();
  }
}
