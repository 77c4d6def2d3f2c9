package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.meta.v1.Condition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The conditions that many kinds' status shares.
final class ConditionValidation {
  private static final int MESSAGE_MAX = 32_768;
  private static final int REASON_MAX = 1024;
  private static final String REASON_FORM = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";

  /// Possessive where it can be, so that no reason makes it slow.
  private static final Pattern REASON =
      Pattern.compile("[A-Za-z](?:[A-Za-z0-9_,:]*+(?<=[A-Za-z0-9_]))?");

  private ConditionValidation() {}

  static void validate(List<Condition> conditions, FieldPath path, FieldErrors errors) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < conditions.size(); i++) {
      Condition condition = conditions.get(i);
      if (seen.putIfAbsent(condition.getType(), i) != null) {
        errors.duplicate(path.index(i).child("type"), condition.getType());
      }
      validate(condition, path.index(i), errors);
    }
  }

  private static void validate(Condition condition, FieldPath path, FieldErrors errors) {
    if (condition.getType().isEmpty()) {
      errors.required(path.child("type"), "must be set");
    } else {
      Checks.form(condition.getType(), Names::qualified, path.child("type"), errors);
    }
    Checks.oneOf(
        condition.getStatus(), List.of("False", "True", "Unknown"), path.child("status"), errors);
    if (condition.getObservedGeneration() < 0) {
      errors.invalid(
          path.child("observedGeneration"),
          condition.getObservedGeneration(),
          "must be greater than or equal to zero");
    }
    if (condition.getLastTransitionTime().getSeconds() == 0) {
      errors.required(path.child("lastTransitionTime"), "must be set");
    }
    if (condition.getReason().isEmpty()) {
      errors.required(path.child("reason"), "must be set");
    } else if (!REASON.matcher(condition.getReason()).matches()) {
      errors.invalid(
          path.child("reason"),
          condition.getReason(),
          "a condition reason must start with alphabetic character, optionally followed by a string"
              + " of alphanumeric characters or '_,:', and must end with an alphanumeric character or"
              + " '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or"
              + " 'ReasonA:ReasonB', regex used for validation is '"
              + REASON_FORM
              + "')");
    }
    if (condition.getReason().length() > REASON_MAX) {
      errors.tooLong(path.child("reason"), REASON_MAX);
    }
    if (condition.getMessage().length() > MESSAGE_MAX) {
      errors.tooLong(path.child("message"), MESSAGE_MAX);
    }
  }
}
