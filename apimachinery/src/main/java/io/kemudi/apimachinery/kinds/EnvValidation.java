package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.EnvFromSource;
import io.kemudi.kubernetes.core.v1.EnvVar;
import io.kemudi.kubernetes.core.v1.EnvVarSource;
import io.kemudi.kubernetes.core.v1.ObjectFieldSelector;
import io.kemudi.kubernetes.core.v1.ResourceFieldSelector;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Environment variables, and the references to fields and resources that volumes share with them.
final class EnvValidation {
  private static final List<String> ENV_FIELDS =
      List.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.serviceAccountName",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");
  static final List<String> VOLUME_FIELDS =
      List.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid");

  /// Fields that exist at all; others cannot even be converted.
  private static final Set<String> KNOWN_FIELDS =
      Set.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.serviceAccountName",
          "spec.schedulerName",
          "status.phase",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");

  private static final List<String> RESOURCES =
      List.of(
          "limits.cpu",
          "limits.ephemeral-storage",
          "limits.memory",
          "requests.cpu",
          "requests.ephemeral-storage",
          "requests.memory");
  private static final String BYTE_DIVISORS =
      "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

  private EnvValidation() {}

  static void validate(List<EnvVar> variables, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      EnvVar variable = variables.get(i);
      FieldPath place = path.index(i);
      if (variable.getName().isEmpty()) {
        errors.required(place.child("name"));
      } else {
        Checks.form(variable.getName(), Names::envVar, place.child("name"), errors);
      }
      if (variable.hasValueFrom()) {
        validateSource(variable, place.child("valueFrom"), errors);
      }
    }
  }

  private static void validateSource(EnvVar variable, FieldPath path, FieldErrors errors) {
    EnvVarSource source = variable.getValueFrom();
    int sources = 0;
    if (source.hasFieldRef()) {
      sources++;
      validateField(source.getFieldRef(), ENV_FIELDS, path.child("fieldRef"), errors);
    }
    if (source.hasResourceFieldRef()) {
      sources++;
      validateResource(source.getResourceFieldRef(), false, path.child("resourceFieldRef"), errors);
    }
    if (source.hasConfigMapKeyRef()) {
      sources++;
      var reference = source.getConfigMapKeyRef();
      validateKey(
          reference.getLocalObjectReference().getName(),
          reference.getKey(),
          path.child("configMapKeyRef"),
          errors);
    }
    if (source.hasSecretKeyRef()) {
      sources++;
      var reference = source.getSecretKeyRef();
      validateKey(
          reference.getLocalObjectReference().getName(),
          reference.getKey(),
          path.child("secretKeyRef"),
          errors);
    }
    if (source.hasFileKeyRef()) {
      sources++;
    }
    if (sources == 0) {
      errors.invalid(
          path,
          "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
              + " `fileKeyRef`");
    } else if (!variable.getValue().isEmpty()) {
      errors.invalid(path, "", "may not be specified when `value` is not empty");
    } else if (sources > 1) {
      errors.invalid(path, "", "may not have more than one field specified at a time");
    }
  }

  private static void validateKey(String name, String key, FieldPath path, FieldErrors errors) {
    Checks.form(name, Names::dnsSubdomain, path.child("name"), errors);
    if (key.isEmpty()) {
      errors.required(path.child("key"));
    } else {
      Checks.form(key, Names::configMapKey, path.child("key"), errors);
    }
  }

  static void validateField(
      ObjectFieldSelector selector, List<String> allowed, FieldPath path, FieldErrors errors) {
    FieldPath place = path.child("fieldPath");
    String field = selector.getFieldPath();
    if (selector.getApiVersion().isEmpty()) {
      errors.required(path.child("apiVersion"));
      return;
    }
    if (field.isEmpty()) {
      errors.required(place);
      return;
    }
    if (!selector.getApiVersion().equals("v1")) {
      errors.invalid(
          place,
          field,
          "error converting fieldPath: unsupported pod version: " + selector.getApiVersion());
      return;
    }
    int bracket = field.indexOf("['");
    if (bracket > 0 && field.endsWith("']")) {
      validateEntry(field, bracket, place, errors);
    } else if (!KNOWN_FIELDS.contains(field)) {
      errors.invalid(
          place, field, "error converting fieldPath: field label not supported: " + field);
    } else {
      Checks.oneOf(field, allowed, place, errors);
    }
  }

  private static void validateEntry(
      String field, int bracket, FieldPath place, FieldErrors errors) {
    String key = field.substring(bracket + 2, field.length() - 2);
    switch (field.substring(0, bracket)) {
      case "metadata.annotations" ->
          Checks.form(key.toLowerCase(Locale.ROOT), Names::qualified, place, errors);
      case "metadata.labels" -> Checks.form(key, Names::qualified, place, errors);
      default ->
          errors.invalid(
              place,
              field,
              "error converting fieldPath: field label does not support subscript: " + field);
    }
  }

  static void validateResource(
      ResourceFieldSelector selector, boolean ofVolume, FieldPath path, FieldErrors errors) {
    String resource = selector.getResource();
    if (ofVolume && selector.getContainerName().isEmpty()) {
      errors.required(path.child("containerName"));
    } else if (resource.isEmpty()) {
      errors.required(path.child("resource"));
    } else if (!RESOURCES.contains(resource)
        && !resource.startsWith("limits.hugepages-")
        && !resource.startsWith("requests.hugepages-")) {
      errors.notSupported(path.child("resource"), resource, RESOURCES);
    }
    Quantity divisor = ResourcesValidation.quantity(selector.getDivisor());
    if (!divisor.isZero()) {
      validateDivisor(resource, divisor, path.child("divisor"), errors);
    }
  }

  private static void validateDivisor(
      String resource, Quantity divisor, FieldPath path, FieldErrors errors) {
    if (resource.endsWith(".cpu")) {
      if (!Set.of("1", "1m").contains(divisor.toString())) {
        errors.invalid(
            path, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
      }
      return;
    }
    String what =
        resource.endsWith(".memory")
            ? "memory"
            : resource.endsWith(".ephemeral-storage") ? "local ephemeral storage" : "hugepages";
    if (!Set.of(BYTE_DIVISORS.split(", ")).contains(divisor.toString())) {
      errors.invalid(
          path,
          resource,
          "only divisor's values "
              + BYTE_DIVISORS
              + " are supported with the "
              + what
              + " resource");
    }
  }

  /// Where several sources are given the place of the error has no index, as upstream has it.
  static void validateFrom(List<EnvFromSource> sources, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < sources.size(); i++) {
      EnvFromSource source = sources.get(i);
      FieldPath place = path.index(i);
      if (!source.getPrefix().isEmpty()) {
        Checks.form(source.getPrefix(), Names::envVar, place.child("prefix"), errors);
      }
      int count = 0;
      if (source.hasConfigMapRef()) {
        count++;
        validateName(
            source.getConfigMapRef().getLocalObjectReference().getName(),
            place.child("configMapRef", "name"),
            errors);
      }
      if (source.hasSecretRef()) {
        count++;
        validateName(
            source.getSecretRef().getLocalObjectReference().getName(),
            place.child("secretRef", "name"),
            errors);
      }
      if (count == 0) {
        errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
      } else if (count > 1) {
        errors.invalid(path, "", "may not have more than one field specified at a time");
      }
    }
  }

  private static void validateName(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path);
    } else {
      Checks.form(name, Names::dnsSubdomain, path, errors);
    }
  }
}
