package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.resource.v1.DeviceClaim;
import io.kemudi.kubernetes.resource.v1.DeviceConfiguration;
import io.kemudi.kubernetes.resource.v1.DeviceConstraint;
import io.kemudi.kubernetes.resource.v1.DeviceRequest;
import io.kemudi.kubernetes.resource.v1.DeviceSelector;
import io.kemudi.kubernetes.resource.v1.DeviceSubRequest;
import io.kemudi.kubernetes.resource.v1.DeviceToleration;
import io.kemudi.kubernetes.resource.v1.ExactDeviceRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Requests for devices, as claims, templates of claims and classes have them.
final class DeviceClaimValidation {
  static final int REQUESTS_MAX = 32;
  static final int CONFIGS_MAX = 32;
  private static final int SELECTORS_MAX = 32;
  private static final int ALTERNATIVES_MAX = 8;
  private static final int EXPRESSION_MAX = 10 * 1024;
  private static final int PARAMETERS_MAX_BYTES = 10 * 1024;
  static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
  private static final String NO_REQUEST =
      "must be the name of a request in the claim or the name of a request and a subrequest separated"
          + " by '/'";

  private final FieldErrors errors;
  private final ExpressionFields expressions;
  private final Map<String, Set<String>> requests = new HashMap<>();

  DeviceClaimValidation(ExpressionCheck check, FieldErrors errors) {
    this.errors = errors;
    this.expressions = new ExpressionFields(check, errors);
  }

  void claim(DeviceClaim claim, FieldPath path) {
    for (DeviceRequest request : claim.getRequestsList()) {
      requests.put(
          request.getName(),
          request.getFirstAvailableList().stream()
              .map(DeviceSubRequest::getName)
              .collect(Collectors.toSet()));
    }
    FieldPath requestsPath = path.child("requests");
    if (DeviceNames.fits(claim.getRequestsList(), REQUESTS_MAX, requestsPath, errors)) {
      for (int i = 0; i < claim.getRequestsCount(); i++) {
        request(claim.getRequests(i), requestsPath.index(i));
      }
      DeviceNames.distinct(
          claim.getRequestsList().stream().map(DeviceRequest::getName).toList(),
          requestsPath,
          errors);
    }
    FieldPath constraints = path.child("constraints");
    if (DeviceNames.fits(claim.getConstraintsList(), REQUESTS_MAX, constraints, errors)) {
      for (int i = 0; i < claim.getConstraintsCount(); i++) {
        constraint(claim.getConstraints(i), constraints.index(i));
      }
    }
    FieldPath configs = path.child("config");
    if (DeviceNames.fits(claim.getConfigList(), CONFIGS_MAX, configs, errors)) {
      for (int i = 0; i < claim.getConfigCount(); i++) {
        references(claim.getConfig(i).getRequestsList(), configs.index(i).child("requests"));
        configuration(claim.getConfig(i).getDeviceConfiguration(), configs.index(i));
      }
    }
  }

  private void request(DeviceRequest request, FieldPath path) {
    Checks.form(request.getName(), Names::dnsLabel, path.child("name"), errors);
    boolean several = request.getFirstAvailableCount() > 0;
    String one = "exactly one of `exactly` or `firstAvailable` is required";
    if (several && request.hasExactly()) {
      errors.invalid(path, null, one + ", but multiple fields are set");
    } else if (several) {
      alternatives(request.getFirstAvailableList(), path.child("firstAvailable"));
    } else if (request.hasExactly()) {
      exactly(request.getExactly(), path.child("exactly"));
    } else {
      errors.required(path, one);
    }
  }

  private void alternatives(List<DeviceSubRequest> alternatives, FieldPath path) {
    if (!DeviceNames.fits(alternatives, ALTERNATIVES_MAX, path, errors)) {
      return;
    }
    for (int i = 0; i < alternatives.size(); i++) {
      DeviceSubRequest one = alternatives.get(i);
      FieldPath place = path.index(i);
      Checks.form(one.getName(), Names::dnsLabel, place.child("name"), errors);
      deviceClass(one.getDeviceClassName(), place.child("deviceClassName"));
      selectors(one.getSelectorsList(), place.child("selectors"));
      count(one.getAllocationMode(), one.getCount(), place);
      tolerations(one.getTolerationsList(), place.child("tolerations"));
    }
    DeviceNames.distinct(
        alternatives.stream().map(DeviceSubRequest::getName).toList(), path, errors);
  }

  private void exactly(ExactDeviceRequest request, FieldPath path) {
    deviceClass(request.getDeviceClassName(), path.child("deviceClassName"));
    selectors(request.getSelectorsList(), path.child("selectors"));
    count(request.getAllocationMode(), request.getCount(), path);
    tolerations(request.getTolerationsList(), path.child("tolerations"));
  }

  private void deviceClass(String name, FieldPath path) {
    if (name.isEmpty()) {
      errors.required(path);
    } else {
      Checks.form(name, Names::dnsSubdomain, path, errors);
    }
  }

  void selectors(List<DeviceSelector> selectors, FieldPath path) {
    if (!DeviceNames.fits(selectors, SELECTORS_MAX, path, errors)) {
      return;
    }
    for (int i = 0; i < selectors.size(); i++) {
      FieldPath cel = path.index(i).child("cel");
      String expression = selectors.get(i).getCel().getExpression();
      if (!selectors.get(i).hasCel()) {
        errors.required(cel);
      } else if (expression.length() > EXPRESSION_MAX) {
        errors.tooLong(cel.child("expression"), EXPRESSION_MAX);
      } else {
        expressions.check(
            ExpressionCheck.Place.DEVICE_SELECTOR,
            expression,
            ExpressionCheck.Scope.NOTHING,
            cel.child("expression"));
      }
    }
  }

  private void count(String mode, long count, FieldPath path) {
    FieldPath place = path.child("count");
    switch (mode) {
      case "All" -> {
        if (count != 0) {
          errors.invalid(place, count, "must not be specified when allocationMode is 'All'");
        }
      }
      case "ExactCount" -> {
        if (count <= 0) {
          errors.invalid(place, count, "must be greater than zero");
        }
      }
      default ->
          errors.notSupported(path.child("allocationMode"), mode, List.of("All", "ExactCount"));
    }
  }

  void tolerations(List<DeviceToleration> tolerations, FieldPath path) {
    for (int i = 0; i < tolerations.size(); i++) {
      DeviceToleration toleration = tolerations.get(i);
      FieldPath place = path.index(i);
      if (!toleration.getKey().isEmpty()) {
        Checks.form(toleration.getKey(), Names::labelKey, place.child("key"), errors);
      }
      switch (toleration.getOperator()) {
        case "Exists" -> {
          if (!toleration.getValue().isEmpty()) {
            errors.invalid(
                place.child("value"), toleration.getValue(), "must be empty for operator `Exists`");
          }
        }
        case "Equal" ->
            Checks.form(toleration.getValue(), Names::labelValue, place.child("value"), errors);
        case "" -> errors.required(place.child("operator"));
        default ->
            errors.notSupported(
                place.child("operator"), toleration.getOperator(), List.of("Equal", "Exists"));
      }
      if (!toleration.getEffect().isEmpty()) {
        Checks.oneOf(toleration.getEffect(), EFFECTS, place.child("effect"), errors);
      }
    }
  }

  private void constraint(DeviceConstraint constraint, FieldPath path) {
    references(constraint.getRequestsList(), path.child("requests"));
    if (constraint.hasMatchAttribute()) {
      DeviceNames.fullyQualified(
          constraint.getMatchAttribute(), path.child("matchAttribute"), errors);
    } else if (constraint.hasDistinctAttribute()) {
      DeviceNames.fullyQualified(
          constraint.getDistinctAttribute(), path.child("distinctAttribute"), errors);
    } else {
      errors.required(
          path,
          "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple"
              + " fields are set");
    }
  }

  private void references(List<String> names, FieldPath path) {
    if (!DeviceNames.fits(names, REQUESTS_MAX, path, errors)) {
      return;
    }
    for (int i = 0; i < names.size(); i++) {
      reference(names.get(i), path.index(i));
    }
    DeviceNames.distinct(names, path, errors);
  }

  private void reference(String name, FieldPath path) {
    String[] parts = name.split("/", -1);
    if (parts.length <= 2) {
      for (String part : parts) {
        Checks.form(part, Names::dnsLabel, path, errors);
      }
    }
    Set<String> alternatives = requests.get(parts[0]);
    boolean known =
        alternatives != null
            && (parts.length == 1 || parts.length == 2 && alternatives.contains(parts[1]));
    if (!known) {
      errors.invalid(path, name, NO_REQUEST);
    }
  }

  void configuration(DeviceConfiguration configuration, FieldPath path) {
    FieldPath opaque = path.child("opaque");
    if (!configuration.hasOpaque()) {
      errors.required(opaque);
      return;
    }
    CsiNames.driver(configuration.getOpaque().getDriver(), opaque.child("driver"), errors);
    raw(
        configuration.getOpaque().getParameters().getRaw(),
        PARAMETERS_MAX_BYTES,
        opaque.child("parameters"));
  }

  /// A JSON object that only a driver understands.
  void raw(ByteString json, int max, FieldPath path) {
    if (json.isEmpty() || json.toStringUtf8().strip().equals("null")) {
      errors.required(path);
    } else if (json.size() > max) {
      errors.tooLong(path, max);
    } else {
      try {
        Json.parseObject(json.toByteArray());
      } catch (CodecException notAnObject) {
        errors.invalid(path, "<value omitted>", "must be a valid JSON object");
      }
    }
  }
}
