package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.kubernetes.intstr.IntOrString;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudgetSpec;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudgetStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// PodDisruptionBudget: how many pods must stay, or may go, at a time.
final class PodDisruptionBudgetKind extends BuiltInKind<PodDisruptionBudget> {
  private static final FieldPath SPEC = FieldPath.of("spec");

  PodDisruptionBudgetKind() {
    super(
        "policy",
        "PodDisruptionBudget",
        PodDisruptionBudget.getDefaultInstance(),
        PodDisruptionBudget::getMetadata,
        true);
  }

  @Override
  void validate(PodDisruptionBudget budget, FieldErrors errors) {
    PodDisruptionBudgetSpec spec = budget.getSpec();
    if (spec.hasMinAvailable() && spec.hasMaxUnavailable()) {
      errors.invalid(SPEC, shown(spec), "minAvailable and maxUnavailable cannot be both set");
    }
    if (spec.hasMinAvailable()) {
      amount(spec.getMinAvailable(), SPEC.child("minAvailable"), errors);
    }
    if (spec.hasMaxUnavailable()) {
      amount(spec.getMaxUnavailable(), SPEC.child("maxUnavailable"), errors);
    }
    LabelSelectorValidation.validate(spec.getSelector(), SPEC.child("selector"), errors);
    if (spec.hasUnhealthyPodEvictionPolicy()) {
      Checks.oneOf(
          spec.getUnhealthyPodEvictionPolicy(),
          List.of("AlwaysAllow", "IfHealthyBudget"),
          SPEC.child("unhealthyPodEvictionPolicy"),
          errors);
    }
  }

  private static void amount(IntOrString value, FieldPath path, FieldErrors errors) {
    DeploymentValidation.countOrPercent(value, path, errors);
    DeploymentValidation.notMoreThanAll(value, path, errors);
  }

  @Override
  void validateUpdate(
      PodDisruptionBudget budget, PodDisruptionBudget old, String subresource, FieldErrors errors) {
    if (!subresource.equals("status")) {
      validate(budget, errors);
      return;
    }
    PodDisruptionBudgetStatus status = budget.getStatus();
    FieldPath path = FieldPath.of("status");
    ConditionValidation.validate(status.getConditionsList(), path.child("conditions"), errors);
    Checks.nonNegative(status.getDisruptionsAllowed(), path.child("disruptionsAllowed"), errors);
    Checks.nonNegative(status.getCurrentHealthy(), path.child("currentHealthy"), errors);
    Checks.nonNegative(status.getDesiredHealthy(), path.child("desiredHealthy"), errors);
    Checks.nonNegative(status.getExpectedPods(), path.child("expectedPods"), errors);
  }

  /// As upstream's error prints the struct.
  private static Map<String, @Nullable Object> shown(PodDisruptionBudgetSpec spec) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("MinAvailable", Checks.shown(spec.getMinAvailable()));
    shown.put(
        "Selector", spec.hasSelector() ? LabelSelectorValidation.shown(spec.getSelector()) : null);
    shown.put("MaxUnavailable", Checks.shown(spec.getMaxUnavailable()));
    shown.put(
        "UnhealthyPodEvictionPolicy",
        spec.hasUnhealthyPodEvictionPolicy() ? spec.getUnhealthyPodEvictionPolicy() : null);
    return shown;
  }
}
