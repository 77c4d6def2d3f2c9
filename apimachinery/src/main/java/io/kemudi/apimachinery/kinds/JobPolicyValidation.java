package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.batch.v1.JobSpec;
import io.kemudi.kubernetes.batch.v1.PodFailurePolicy;
import io.kemudi.kubernetes.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.kemudi.kubernetes.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.kemudi.kubernetes.batch.v1.PodFailurePolicyRule;
import io.kemudi.kubernetes.batch.v1.SuccessPolicy;
import io.kemudi.kubernetes.batch.v1.SuccessPolicyRule;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a job says of when it has failed and when it has succeeded (KEP-3329, KEP-3998).
final class JobPolicyValidation {
  private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");
  private static final List<String> OPERATORS = List.of("In", "NotIn");
  private static final List<String> STATUSES = List.of("False", "True", "Unknown");
  private static final int MAX_RULES = 20;
  private static final int MAX_EXIT_CODES = 255;
  private static final int MAX_CONDITIONS = 20;
  private static final int MAX_INDEXES_LENGTH = 64 * 1024;

  private JobPolicyValidation() {}

  static void failure(JobSpec spec, FieldPath path, FieldErrors errors) {
    FieldPath rules = path.child("rules");
    int count = spec.getPodFailurePolicy().getRulesCount();
    if (count > MAX_RULES) {
      errors.tooMany(rules, count, MAX_RULES);
    }
    Set<String> containers = new HashSet<>();
    spec.getTemplate().getSpec().getContainersList().forEach(c -> containers.add(c.getName()));
    spec.getTemplate().getSpec().getInitContainersList().forEach(c -> containers.add(c.getName()));
    for (int i = 0; i < count; i++) {
      PodFailurePolicyRule rule = spec.getPodFailurePolicy().getRules(i);
      action(spec, rule.getAction(), rules.index(i).child("action"), errors);
      condition(rule, containers, rules.index(i), errors);
    }
  }

  private static void action(JobSpec spec, String action, FieldPath path, FieldErrors errors) {
    if (action.isEmpty()) {
      errors.required(path, "valid values: " + quoted(ACTIONS));
    } else if (action.equals("FailIndex")) {
      if (!spec.hasBackoffLimitPerIndex()) {
        errors.invalid(path, action, "requires the backoffLimitPerIndex to be set");
      }
    } else {
      Checks.oneOf(action, ACTIONS, path, errors);
    }
  }

  /// Go prints a list of strings this way.
  private static String quoted(List<String> values) {
    return "[\"" + String.join("\" \"", values) + "\"]";
  }

  private static void condition(
      PodFailurePolicyRule rule, Set<String> containers, FieldPath path, FieldErrors errors) {
    if (rule.hasOnExitCodes()) {
      exitCodes(rule.getOnExitCodes(), containers, path.child("onExitCodes"), errors);
    }
    FieldPath conditions = path.child("onPodConditions");
    if (rule.getOnPodConditionsCount() > MAX_CONDITIONS) {
      errors.tooMany(conditions, rule.getOnPodConditionsCount(), MAX_CONDITIONS);
    }
    for (int i = 0; i < rule.getOnPodConditionsCount(); i++) {
      pattern(rule.getOnPodConditions(i), conditions.index(i), errors);
    }
    boolean onConditions = rule.getOnPodConditionsCount() > 0;
    if (rule.hasOnExitCodes() && onConditions) {
      errors.invalid(path, "specifying both OnExitCodes and OnPodConditions is not supported");
    } else if (!rule.hasOnExitCodes() && !onConditions) {
      errors.invalid(path, "specifying one of OnExitCodes and OnPodConditions is required");
    }
  }

  private static void pattern(
      PodFailurePolicyOnPodConditionsPattern pattern, FieldPath path, FieldErrors errors) {
    Checks.form(pattern.getType(), Names::qualified, path.child("type"), errors);
    if (pattern.getStatus().isEmpty()) {
      errors.required(path.child("status"), "valid values: " + quoted(STATUSES));
    } else {
      Checks.oneOf(pattern.getStatus(), STATUSES, path.child("status"), errors);
    }
  }

  private static void exitCodes(
      PodFailurePolicyOnExitCodesRequirement codes,
      Set<String> containers,
      FieldPath path,
      FieldErrors errors) {
    if (codes.getOperator().isEmpty()) {
      errors.required(path.child("operator"), "valid values: " + quoted(OPERATORS));
    } else {
      Checks.oneOf(codes.getOperator(), OPERATORS, path.child("operator"), errors);
    }
    if (codes.hasContainerName() && !containers.contains(codes.getContainerName())) {
      errors.invalid(
          path.child("containerName"),
          codes.getContainerName(),
          "must be one of the container or initContainer names in the pod template");
    }
    values(codes, path.child("values"), errors);
  }

  private static void values(
      PodFailurePolicyOnExitCodesRequirement codes, FieldPath path, FieldErrors errors) {
    List<Integer> values = codes.getValuesList();
    if (values.isEmpty()) {
      errors.invalid(path, values, "at least one value is required");
    } else if (values.size() > MAX_EXIT_CODES) {
      errors.tooMany(path, values.size(), MAX_EXIT_CODES);
    }
    boolean ordered = true;
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      int value = values.get(i);
      if (codes.getOperator().equals("In") && value == 0) {
        errors.invalid(path.index(i), value, "must not be 0 for the In operator");
      }
      if (!seen.add(value)) {
        errors.duplicate(path.index(i), value);
      }
      ordered &= i == 0 || values.get(i - 1) <= value;
    }
    if (!ordered) {
      errors.invalid(path, values, "must be ordered");
    }
  }

  static void success(JobSpec spec, FieldPath path, FieldErrors errors) {
    SuccessPolicy policy = spec.getSuccessPolicy();
    if (!JobValidation.isIndexed(spec)) {
      errors.invalid(path, shown(policy), "requires indexed completion mode");
      return;
    }
    FieldPath rules = path.child("rules");
    if (policy.getRulesCount() == 0) {
      errors.required(
          rules, "at least one rules must be specified when the successPolicy is specified");
    } else if (policy.getRulesCount() > MAX_RULES) {
      errors.tooMany(rules, policy.getRulesCount(), MAX_RULES);
    }
    for (int i = 0; i < policy.getRulesCount(); i++) {
      success(spec, policy.getRules(i), rules.index(i), errors);
    }
  }

  private static void success(
      JobSpec spec, SuccessPolicyRule rule, FieldPath path, FieldErrors errors) {
    if (!rule.hasSucceededCount() && !rule.hasSucceededIndexes()) {
      errors.required(path, "at least one of succeededCount or succeededIndexes must be specified");
    }
    int indexes = 0;
    if (rule.hasSucceededIndexes()) {
      FieldPath place = path.child("succeededIndexes");
      if (rule.getSucceededIndexes().length() > MAX_INDEXES_LENGTH) {
        errors.tooLong(place, MAX_INDEXES_LENGTH);
      }
      try {
        indexes = JobIndexes.parse(rule.getSucceededIndexes(), spec.getCompletions()).count();
      } catch (JobIndexes.FormatException e) {
        errors.invalid(
            place, rule.getSucceededIndexes(), "error parsing succeededIndexes: " + e.getMessage());
      }
    }
    if (!rule.hasSucceededCount()) {
      return;
    }
    FieldPath place = path.child("succeededCount");
    int count = rule.getSucceededCount();
    Checks.nonNegative(count, place, errors);
    if (count > spec.getCompletions()) {
      errors.invalid(
          place,
          count,
          "must be less than or equal to "
              + spec.getCompletions()
              + " (the number of specified completions)");
    }
    if (rule.hasSucceededIndexes() && count > indexes) {
      errors.invalid(
          place,
          count,
          "must be less than or equal to "
              + indexes
              + " (the number of indexes in the specified succeededIndexes field)");
    }
  }

  /// As upstream's error prints the struct.
  static Object shown(SuccessPolicy policy) {
    return Map.of(
        "Rules",
        policy.getRulesList().stream()
            .map(rule -> {
              Map<String, @Nullable Object> shown = new LinkedHashMap<>();
              shown.put(
                  "SucceededIndexes",
                  rule.hasSucceededIndexes() ? rule.getSucceededIndexes() : null);
              shown.put(
                  "SucceededCount", rule.hasSucceededCount() ? rule.getSucceededCount() : null);
              return shown;
            })
            .toList());
  }

  static Object shown(PodFailurePolicy policy) {
    return Map.of("Rules", policy.getRulesList().stream().map(JobPolicyValidation::shown).toList());
  }

  private static Object shown(PodFailurePolicyRule rule) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("Action", rule.getAction());
    Map<String, @Nullable Object> codes = new LinkedHashMap<>();
    var exit = rule.getOnExitCodes();
    codes.put("ContainerName", exit.hasContainerName() ? exit.getContainerName() : null);
    codes.put("Operator", exit.getOperator());
    codes.put("Values", exit.getValuesList());
    shown.put("OnExitCodes", rule.hasOnExitCodes() ? codes : null);
    List<Map<String, String>> conditions =
        rule.getOnPodConditionsList().stream()
            .map(pattern -> {
              Map<String, String> one = new LinkedHashMap<>();
              one.put("Type", pattern.getType());
              one.put("Status", pattern.getStatus());
              return one;
            })
            .toList();
    shown.put("OnPodConditions", conditions.isEmpty() ? null : conditions);
    return shown;
  }
}
