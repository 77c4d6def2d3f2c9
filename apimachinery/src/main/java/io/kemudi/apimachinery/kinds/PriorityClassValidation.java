package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.kubernetes.scheduling.v1.PriorityClass;
import java.util.List;
import java.util.Map;

/// PriorityClass. Names that begin with `system-` are the two that the system itself makes.
final class PriorityClassValidation {
  private static final int USER_MAX = 1_000_000_000;
  private static final Map<String, Integer> SYSTEM =
      Map.of("system-node-critical", 2_000_001_000, "system-cluster-critical", 2_000_000_000);
  private static final List<String> POLICIES = List.of("PreemptLowerPriority", "Never");

  private PriorityClassValidation() {}

  static void validate(PriorityClass priority, FieldErrors errors) {
    String name = priority.getMetadata().getName();
    if (name.startsWith("system-")) {
      system(name, priority, errors);
    } else if (priority.getValue() > USER_MAX) {
      errors.forbidden(
          FieldPath.of("value"), "maximum allowed value of a user defined priority is " + USER_MAX);
    }
    if (priority.hasPreemptionPolicy()) {
      Checks.oneOf(
          priority.getPreemptionPolicy(), POLICIES, FieldPath.of("preemptionPolicy"), errors);
    }
  }

  private static void system(String name, PriorityClass priority, FieldErrors errors) {
    Integer value = SYSTEM.get(name);
    String wrong;
    if (value == null) {
      wrong = name + " is not a known system priority class";
    } else if (value != priority.getValue()) {
      wrong = "value of " + name + " PriorityClass must be " + value;
    } else if (priority.getGlobalDefault()) {
      wrong = "globalDefault of " + name + " PriorityClass must be false";
    } else {
      return;
    }
    errors.forbidden(
        FieldPath.of("metadata", "name"),
        "priority class names with 'system-' prefix are reserved for system use only. error: "
            + wrong);
  }

  static void validateUpdate(PriorityClass now, PriorityClass old, FieldErrors errors) {
    if (now.getValue() != old.getValue()) {
      errors.forbidden(FieldPath.of("value"), "may not be changed in an update.");
    }
    Immutable.check(
        now.hasPreemptionPolicy() ? now.getPreemptionPolicy() : null,
        old.hasPreemptionPolicy() ? old.getPreemptionPolicy() : null,
        FieldPath.of("preemptionPolicy"),
        errors);
  }
}
