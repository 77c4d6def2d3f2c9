package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.autoscaling.v2.CrossVersionObjectReference;
import io.kemudi.kubernetes.autoscaling.v2.HPAScalingPolicy;
import io.kemudi.kubernetes.autoscaling.v2.HPAScalingRules;
import io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscaler;
import io.kemudi.kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpec;
import java.util.List;

/// How far an autoscaler may go and how fast; by which metrics is [MetricValidation]'s.
final class HorizontalPodAutoscalerValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int MAX_WINDOW_SECONDS = 3600;
  private static final int MAX_PERIOD_SECONDS = 1800;

  private HorizontalPodAutoscalerValidation() {}

  static void validate(HorizontalPodAutoscaler autoscaler, FieldErrors errors) {
    spec(autoscaler.getSpec(), 1, Reference.NEEDS_GROUP, errors);
  }

  /// What an older version let in may stay.
  static void validateUpdate(
      HorizontalPodAutoscaler autoscaler, HorizontalPodAutoscaler old, FieldErrors errors) {
    HorizontalPodAutoscalerSpec before = old.getSpec();
    boolean wasZero = before.hasMinReplicas() && before.getMinReplicas() == 0;
    spec(
        autoscaler.getSpec(),
        wasZero ? 0 : 1,
        Reference.needs(before.getScaleTargetRef().getApiVersion()),
        errors);
  }

  /// What is asked of the API version of an object that is named.
  enum Reference {
    ANY,
    VALID,
    NEEDS_GROUP;

    /// As much as the version fulfilled that was there before.
    static Reference needs(String before) {
      if (before.chars().filter(c -> c == '/').count() > 1) {
        return ANY;
      }
      return before.indexOf('/') > 0 ? NEEDS_GROUP : VALID;
    }
  }

  private static void spec(
      HorizontalPodAutoscalerSpec spec, int leastMin, Reference needs, FieldErrors errors) {
    if (spec.hasMinReplicas() && spec.getMinReplicas() < leastMin) {
      errors.invalid(
          SPEC.child("minReplicas"),
          spec.getMinReplicas(),
          "must be greater than or equal to " + leastMin);
    }
    FieldPath max = SPEC.child("maxReplicas");
    if (spec.getMaxReplicas() == 0) {
      errors.required(max, "must be set and greater than 0");
    } else if (spec.getMaxReplicas() < 0) {
      errors.invalid(max, spec.getMaxReplicas(), "must be greater than 0");
    }
    if (spec.hasMinReplicas() && spec.getMaxReplicas() < spec.getMinReplicas()) {
      errors.invalid(max, spec.getMaxReplicas(), "must be greater than or equal to `minReplicas`");
    }
    reference(spec.getScaleTargetRef(), needs, SPEC.child("scaleTargetRef"), errors);
    FieldPath metrics = SPEC.child("metrics");
    boolean tellsOfZero = false;
    for (int i = 0; i < spec.getMetricsCount(); i++) {
      MetricValidation.validate(spec.getMetrics(i), metrics.index(i), errors);
      String type = spec.getMetrics(i).getType();
      tellsOfZero |= type.equals("Object") || type.equals("External");
    }
    if (spec.hasMinReplicas() && spec.getMinReplicas() == 0 && !tellsOfZero) {
      errors.forbidden(
          metrics,
          "must specify at least one Object or External metric to support scaling to zero replicas");
    }
    FieldPath behavior = SPEC.child("behavior");
    if (spec.getBehavior().hasScaleUp()) {
      rules(spec.getBehavior().getScaleUp(), behavior.child("scaleUp"), errors);
    }
    if (spec.getBehavior().hasScaleDown()) {
      rules(spec.getBehavior().getScaleDown(), behavior.child("scaleDown"), errors);
    }
  }

  static void reference(
      CrossVersionObjectReference reference, Reference needs, FieldPath path, FieldErrors errors) {
    Checks.requiredForm(reference.getKind(), Names::pathSegment, path.child("kind"), errors);
    Checks.requiredForm(reference.getName(), Names::pathSegment, path.child("name"), errors);
    String apiVersion = reference.getApiVersion();
    if (needs == Reference.ANY) {
      return;
    }
    if (Reference.needs(apiVersion) == Reference.ANY) {
      errors.invalid(
          path.child("apiVersion"), apiVersion, "unexpected GroupVersion string: " + apiVersion);
    } else if (needs == Reference.NEEDS_GROUP && apiVersion.indexOf('/') <= 0) {
      errors.invalid(path.child("apiVersion"), apiVersion, "apiVersion must specify API group");
    }
  }

  private static void rules(HPAScalingRules rules, FieldPath path, FieldErrors errors) {
    FieldPath window = path.child("stabilizationWindowSeconds");
    int seconds = rules.getStabilizationWindowSeconds();
    if (seconds < 0) {
      errors.invalid(window, seconds, "must be greater than or equal to zero");
    } else if (seconds > MAX_WINDOW_SECONDS) {
      errors.invalid(window, seconds, "must be less than or equal to " + MAX_WINDOW_SECONDS);
    }
    if (rules.hasSelectPolicy()) {
      Checks.oneOf(
          rules.getSelectPolicy(),
          List.of("Disabled", "Max", "Min"),
          path.child("selectPolicy"),
          errors);
    }
    FieldPath policies = path.child("policies");
    if (rules.getPoliciesCount() == 0) {
      errors.required(policies, "must specify at least one Policy");
    }
    for (int i = 0; i < rules.getPoliciesCount(); i++) {
      policy(rules.getPolicies(i), policies.index(i), errors);
    }
    if (rules.hasTolerance()) {
      var tolerance = ResourcesValidation.quantity(rules.getTolerance());
      if (tolerance.signum() < 0) {
        errors.invalid(
            path.child("tolerance"), tolerance.toString(), "must be greater than or equal to 0");
      }
    }
  }

  private static void policy(HPAScalingPolicy policy, FieldPath path, FieldErrors errors) {
    Checks.oneOf(policy.getType(), List.of("Percent", "Pods"), path.child("type"), errors);
    if (policy.getValue() <= 0) {
      errors.invalid(path.child("value"), policy.getValue(), "must be greater than zero");
    }
    FieldPath period = path.child("periodSeconds");
    if (policy.getPeriodSeconds() <= 0) {
      errors.invalid(period, policy.getPeriodSeconds(), "must be greater than zero");
    } else if (policy.getPeriodSeconds() > MAX_PERIOD_SECONDS) {
      errors.invalid(
          period, policy.getPeriodSeconds(), "must be less than or equal to " + MAX_PERIOD_SECONDS);
    }
  }

  static void validateStatus(HorizontalPodAutoscaler autoscaler, FieldErrors errors) {
    FieldPath path = FieldPath.of("status");
    Checks.nonNegative(
        autoscaler.getStatus().getCurrentReplicas(), path.child("currentReplicas"), errors);
    Checks.nonNegative(
        autoscaler.getStatus().getDesiredReplicas(), path.child("desiredReplicas"), errors);
  }
}
