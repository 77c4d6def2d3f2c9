package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.kubernetes.apps.v1.DaemonSet;
import io.kemudi.kubernetes.apps.v1.DaemonSetStatus;
import io.kemudi.kubernetes.apps.v1.DaemonSetUpdateStrategy;
import io.kemudi.kubernetes.intstr.IntOrString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class DaemonSetValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private DaemonSetValidation() {}

  static void validate(DaemonSet set, FieldErrors errors) {
    var spec = set.getSpec();
    WorkloadValidation.selector(
        spec.hasSelector(), spec.getSelector(), "empty selector is invalid for daemonset", errors);
    WorkloadValidation.template(
        spec.getTemplate(), spec.hasSelector(), spec.getSelector(), "DaemonSet", errors);
    Checks.nonNegative(spec.getMinReadySeconds(), SPEC.child("minReadySeconds"), errors);
    strategy(spec.getUpdateStrategy(), SPEC.child("updateStrategy"), errors);
    if (spec.hasRevisionHistoryLimit()) {
      Checks.nonNegative(
          spec.getRevisionHistoryLimit(), SPEC.child("revisionHistoryLimit"), errors);
    }
  }

  static void validateUpdate(DaemonSet set, DaemonSet old, FieldErrors errors) {
    validate(set, errors);
    if (!set.getSpec().getSelector().equals(old.getSpec().getSelector())) {
      errors.invalid(
          SPEC.child("selector"),
          LabelSelectorValidation.shown(set.getSpec().getSelector()),
          "field is immutable");
    }
  }

  private static void strategy(
      DaemonSetUpdateStrategy strategy, FieldPath path, FieldErrors errors) {
    switch (strategy.getType()) {
      case "OnDelete" -> {}
      case "RollingUpdate" -> {
        if (!strategy.hasRollingUpdate()) {
          errors.required(path.child("rollingUpdate"));
          return;
        }
        var rolling = strategy.getRollingUpdate();
        FieldPath place = path.child("rollingUpdate");
        DeploymentValidation.countOrPercent(
            rolling.getMaxUnavailable(), place.child("maxUnavailable"), errors);
        DeploymentValidation.countOrPercent(rolling.getMaxSurge(), place.child("maxSurge"), errors);
        boolean unavailable = isSome(rolling.getMaxUnavailable());
        boolean surge = isSome(rolling.getMaxSurge());
        if (unavailable && surge) {
          errors.invalid(
              place.child("maxSurge"),
              Checks.shown(rolling.getMaxSurge()),
              "may not be set when maxUnavailable is non-zero");
        } else if (!unavailable && !surge) {
          errors.required(place.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
        }
      }
      default -> {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("Type", strategy.getType());
        shown.put("RollingUpdate", null);
        errors.notSupported(path, shown, List.of("RollingUpdate", "OnDelete"));
      }
    }
  }

  private static boolean isSome(IntOrString value) {
    return value.getType() == 0 ? value.getIntVal() != 0 : !value.getStrVal().equals("0%");
  }

  static void validateStatus(DaemonSetStatus status, DaemonSetStatus old, FieldErrors errors) {
    FieldPath path = FieldPath.of("status");
    Checks.nonNegative(
        status.getCurrentNumberScheduled(), path.child("currentNumberScheduled"), errors);
    Checks.nonNegative(status.getNumberMisscheduled(), path.child("numberMisscheduled"), errors);
    Checks.nonNegative(
        status.getDesiredNumberScheduled(), path.child("desiredNumberScheduled"), errors);
    Checks.nonNegative(status.getNumberReady(), path.child("numberReady"), errors);
    Checks.nonNegative(status.getObservedGeneration(), path.child("observedGeneration"), errors);
    Checks.nonNegative(
        status.getUpdatedNumberScheduled(), path.child("updatedNumberScheduled"), errors);
    Checks.nonNegative(status.getNumberAvailable(), path.child("numberAvailable"), errors);
    Checks.nonNegative(status.getNumberUnavailable(), path.child("numberUnavailable"), errors);
    Checks.nonNegative(status.getCollisionCount(), path.child("collisionCount"), errors);
    WorkloadValidation.onlyGrows(
        status.getCollisionCount(), old.getCollisionCount(), path.child("collisionCount"), errors);
  }
}
