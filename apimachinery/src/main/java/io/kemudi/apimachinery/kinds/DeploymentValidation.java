package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.DeploymentStrategy;
import io.kemudi.kubernetes.apps.v1.RollingUpdateDeployment;
import io.kemudi.kubernetes.intstr.IntOrString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class DeploymentValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String NOT_PERCENT =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or"
          + " '93%', regex used for validation is '[0-9]+%')";

  private DeploymentValidation() {}

  static void validate(Deployment deployment, FieldErrors errors) {
    var spec = deployment.getSpec();
    Checks.nonNegative(spec.getReplicas(), SPEC.child("replicas"), errors);
    WorkloadValidation.selector(
        spec.hasSelector(), spec.getSelector(), "empty selector is invalid for deployment", errors);
    WorkloadValidation.template(spec.getTemplate(), spec.hasSelector(), spec.getSelector(), errors);
    strategy(spec.getStrategy(), SPEC.child("strategy"), errors);
    Checks.nonNegative(spec.getMinReadySeconds(), SPEC.child("minReadySeconds"), errors);
    if (spec.hasRevisionHistoryLimit()) {
      Checks.nonNegative(
          spec.getRevisionHistoryLimit(), SPEC.child("revisionHistoryLimit"), errors);
    }
    if (spec.hasProgressDeadlineSeconds()) {
      FieldPath path = SPEC.child("progressDeadlineSeconds");
      Checks.nonNegative(spec.getProgressDeadlineSeconds(), path, errors);
      if (spec.getProgressDeadlineSeconds() <= spec.getMinReadySeconds()) {
        errors.invalid(
            path, spec.getProgressDeadlineSeconds(), "must be greater than minReadySeconds");
      }
    }
  }

  static void validateUpdate(Deployment deployment, Deployment old, FieldErrors errors) {
    validate(deployment, errors);
    if (!deployment.getSpec().getSelector().equals(old.getSpec().getSelector())) {
      boolean present = deployment.getSpec().hasSelector();
      errors.invalid(
          SPEC.child("selector"),
          present ? LabelSelectorValidation.shown(deployment.getSpec().getSelector()) : null,
          "field is immutable");
    }
  }

  private static void strategy(DeploymentStrategy strategy, FieldPath path, FieldErrors errors) {
    switch (strategy.getType()) {
      case "Recreate" -> {
        if (strategy.hasRollingUpdate()) {
          errors.forbidden(
              path.child("rollingUpdate"),
              "may not be specified when strategy `type` is 'Recreate'");
        }
      }
      case "RollingUpdate" -> {
        if (strategy.hasRollingUpdate()) {
          rolling(strategy.getRollingUpdate(), path.child("rollingUpdate"), errors);
        } else {
          errors.required(path.child("rollingUpdate"), "this should be defaulted and never be nil");
        }
      }
      default -> {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("Type", strategy.getType());
        shown.put("RollingUpdate", null);
        errors.notSupported(path, shown, List.of("Recreate", "RollingUpdate"));
      }
    }
  }

  private static void rolling(RollingUpdateDeployment rolling, FieldPath path, FieldErrors errors) {
    IntOrString unavailable = rolling.getMaxUnavailable();
    IntOrString surge = rolling.getMaxSurge();
    countOrPercent(unavailable, path.child("maxUnavailable"), errors);
    countOrPercent(surge, path.child("maxSurge"), errors);
    if (amount(unavailable) == 0 && amount(surge) == 0) {
      errors.invalid(
          path.child("maxUnavailable"),
          Checks.shown(unavailable),
          "may not be 0 when `maxSurge` is 0");
    }
    notMoreThanAll(unavailable, path.child("maxUnavailable"), errors);
  }

  static void notMoreThanAll(IntOrString value, FieldPath path, FieldErrors errors) {
    if (value.getType() != 0 && amount(value) > 100) {
      errors.invalid(path, Checks.shown(value), "must not be greater than 100%");
    }
  }

  static void countOrPercent(IntOrString value, FieldPath path, FieldErrors errors) {
    if (value.getType() == 0) {
      Checks.nonNegative(value.getIntVal(), path, errors);
    } else if (!value.getStrVal().matches("[0-9]++%")) {
      errors.invalid(path, value.getStrVal(), NOT_PERCENT);
    }
  }

  /// The number, or the number of percents; -1 for what is neither.
  private static int amount(IntOrString value) {
    if (value.getType() == 0) {
      return value.getIntVal();
    }
    String text = value.getStrVal();
    try {
      return text.endsWith("%") ? Integer.parseInt(text, 0, text.length() - 1, 10) : -1;
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  static void validateStatus(Deployment deployment, Deployment old, FieldErrors errors) {
    var status = deployment.getStatus();
    FieldPath path = FieldPath.of("status");
    Checks.nonNegative(status.getObservedGeneration(), path.child("observedGeneration"), errors);
    Checks.nonNegative(status.getReplicas(), path.child("replicas"), errors);
    Checks.nonNegative(status.getUpdatedReplicas(), path.child("updatedReplicas"), errors);
    Checks.nonNegative(status.getReadyReplicas(), path.child("readyReplicas"), errors);
    Checks.nonNegative(status.getAvailableReplicas(), path.child("availableReplicas"), errors);
    Checks.nonNegative(status.getUnavailableReplicas(), path.child("unavailableReplicas"), errors);
    if (status.hasCollisionCount()) {
      Checks.nonNegative(status.getCollisionCount(), path.child("collisionCount"), errors);
    }
    int replicas = status.getReplicas();
    String whole = "status.replicas";
    WorkloadValidation.notMore(
        status.getUpdatedReplicas(), replicas, path.child("updatedReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getReadyReplicas(), replicas, path.child("readyReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getAvailableReplicas(), replicas, path.child("availableReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getAvailableReplicas(),
        status.getReadyReplicas(),
        path.child("availableReplicas"),
        "readyReplicas",
        errors);
    if (old.getStatus().hasCollisionCount()
        && status.getCollisionCount() < old.getStatus().getCollisionCount()) {
      errors.invalid(
          path.child("collisionCount"), status.getCollisionCount(), "cannot be decremented");
    }
  }
}
