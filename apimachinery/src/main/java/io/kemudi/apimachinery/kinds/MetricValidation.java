package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.autoscaling.v2.MetricIdentifier;
import io.kemudi.kubernetes.autoscaling.v2.MetricSpec;
import io.kemudi.kubernetes.autoscaling.v2.MetricTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A metric that an autoscaler follows: one source, of the type that it says, and one target.
final class MetricValidation {
  private static final List<String> TYPES =
      List.of("ContainerResource", "External", "Object", "Pods", "Resource");
  private static final Map<String, String> FIELDS =
      Map.of(
          "ContainerResource", "containerResource",
          "External", "external",
          "Object", "object",
          "Pods", "pods",
          "Resource", "resource");

  private final FieldErrors errors;

  private MetricValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(MetricSpec metric, FieldPath path, FieldErrors errors) {
    new MetricValidation(errors).metric(metric, path);
  }

  private void metric(MetricSpec metric, FieldPath path) {
    String type = metric.getType();
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric source type");
    }
    Checks.oneOf(type, TYPES, path.child("type"), errors);
    Map<String, Runnable> present = sources(metric, path);
    present.values().stream().findFirst().ifPresent(Runnable::run);
    String expected = FIELDS.get(type);
    if (expected == null) {
      // Upstream complains of the type at both ends.
      Checks.oneOf(type, TYPES, path.child("type"), errors);
    } else if (!present.containsKey(expected)) {
      errors.required(
          path.child(expected), "must populate information for the given metric source");
    }
    if (present.size() != 1) {
      present.keySet().stream()
          .filter(field -> !field.equals(expected))
          .forEach(field ->
              errors.forbidden(path.child(field), "must populate the given metric source only"));
    }
  }

  /// The sources that are given, each with its check, in upstream's order.
  private Map<String, Runnable> sources(MetricSpec metric, FieldPath path) {
    Map<String, Runnable> present = new LinkedHashMap<>();
    if (metric.hasObject()) {
      present.put("object", () -> object(metric, path.child("object")));
    }
    if (metric.hasExternal()) {
      present.put("external", () -> external(metric, path.child("external")));
    }
    if (metric.hasPods()) {
      present.put("pods", () -> pods(metric, path.child("pods")));
    }
    if (metric.hasResource()) {
      present.put("resource", () -> resource(metric, path.child("resource")));
    }
    if (metric.hasContainerResource()) {
      present.put(
          "containerResource", () -> containerResource(metric, path.child("containerResource")));
    }
    return present;
  }

  private void object(MetricSpec metric, FieldPath path) {
    var source = metric.getObject();
    HorizontalPodAutoscalerValidation.reference(
        source.getDescribedObject(),
        HorizontalPodAutoscalerValidation.Reference.VALID,
        path.child("describedObject"),
        errors);
    identifier(source.getMetric(), path.child("metric"));
    target(source.getTarget(), path.child("target"));
    if (!source.getTarget().hasValue() && !source.getTarget().hasAverageValue()) {
      errors.required(
          path.child("target", "averageValue"), "must set either a target value or averageValue");
    }
  }

  private void external(MetricSpec metric, FieldPath path) {
    var source = metric.getExternal();
    identifier(source.getMetric(), path.child("metric"));
    target(source.getTarget(), path.child("target"));
    boolean value = source.getTarget().hasValue();
    boolean average = source.getTarget().hasAverageValue();
    if (!value && !average) {
      errors.required(
          path.child("target", "averageValue"),
          "must set either a target value for metric or a per-pod target");
    } else if (value && average) {
      errors.forbidden(
          path.child("target", "value"),
          "may not set both a target value for metric and a per-pod target");
    }
  }

  private void pods(MetricSpec metric, FieldPath path) {
    var source = metric.getPods();
    identifier(source.getMetric(), path.child("metric"));
    target(source.getTarget(), path.child("target"));
    if (!source.getTarget().hasAverageValue()) {
      errors.required(
          path.child("target", "averageValue"), "must specify a positive target averageValue");
    }
  }

  private void resource(MetricSpec metric, FieldPath path) {
    if (metric.getResource().getName().isEmpty()) {
      errors.required(path.child("name"), "must specify a resource name");
    }
    utilization(metric.getResource().getTarget(), path.child("target"));
  }

  private void containerResource(MetricSpec metric, FieldPath path) {
    var source = metric.getContainerResource();
    if (source.getName().isEmpty()) {
      errors.required(path.child("name"), "must specify a resource name");
    } else {
      ResourcesValidation.validateContainerName(source.getName(), path.child("name"), errors);
    }
    if (source.getContainer().isEmpty()) {
      errors.required(path.child("container"), "must specify a container");
    } else {
      Checks.form(source.getContainer(), Names::dnsLabel, path.child("container"), errors);
    }
    utilization(source.getTarget(), path.child("target"));
  }

  private void utilization(MetricTarget target, FieldPath path) {
    target(target, path);
    if (!target.hasAverageUtilization() && !target.hasAverageValue()) {
      errors.required(
          path.child("averageUtilization"),
          "must set either a target raw value or a target utilization");
    } else if (target.hasAverageUtilization() && target.hasAverageValue()) {
      errors.forbidden(
          path.child("averageValue"),
          "may not set both a target raw value and a target utilization");
    }
  }

  private void identifier(MetricIdentifier metric, FieldPath path) {
    if (metric.getName().isEmpty()) {
      errors.required(path.child("name"), "must specify a metric name");
    } else {
      Checks.form(metric.getName(), Names::pathSegment, path.child("name"), errors);
    }
  }

  private void target(MetricTarget target, FieldPath path) {
    switch (target.getType()) {
      case "Utilization", "Value", "AverageValue" -> {}
      case "" -> {
        errors.required(path.child("type"), "must specify a metric target type");
        notATarget("", path);
      }
      default -> notATarget(target.getType(), path);
    }
    if (target.hasValue()) {
      positive(target.getValue(), path.child("value"));
    }
    if (target.hasAverageValue()) {
      positive(target.getAverageValue(), path.child("averageValue"));
    }
    if (target.hasAverageUtilization() && target.getAverageUtilization() < 1) {
      errors.invalid(
          path.child("averageUtilization"),
          target.getAverageUtilization(),
          "must be greater than 0");
    }
  }

  private void notATarget(String type, FieldPath path) {
    errors.invalid(path.child("type"), type, "must be either Utilization, Value, or AverageValue");
  }

  private void positive(io.kemudi.kubernetes.quantity.Quantity amount, FieldPath path) {
    var quantity = ResourcesValidation.quantity(amount);
    if (quantity.signum() <= 0) {
      errors.invalid(path, quantity.toString(), "must be positive");
    }
  }
}
