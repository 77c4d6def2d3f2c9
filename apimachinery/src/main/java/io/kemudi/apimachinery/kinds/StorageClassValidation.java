package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.TopologySelectorTerm;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import io.kemudi.kubernetes.storage.v1.VolumeAttributesClass;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// StorageClass and VolumeAttributesClass: who provisions, with which parameters.
final class StorageClassValidation {
  private static final int PARAMETERS_MAX = 512;
  private static final int PARAMETERS_MAX_BYTES = 256 * 1024;
  private static final List<String> RECLAIM_POLICIES = List.of("Delete", "Retain");
  private static final List<String> BINDING_MODES = List.of("Immediate", "WaitForFirstConsumer");

  private StorageClassValidation() {}

  static void validate(StorageClass storageClass, FieldErrors errors) {
    provisioner(storageClass.getProvisioner(), FieldPath.of("provisioner"), errors);
    parameters(storageClass.getParametersMap(), true, errors);
    if (!storageClass.getReclaimPolicy().isEmpty()) {
      Checks.oneOf(
          storageClass.getReclaimPolicy(), RECLAIM_POLICIES, FieldPath.of("reclaimPolicy"), errors);
    }
    if (!storageClass.hasVolumeBindingMode()) {
      errors.required(FieldPath.of("volumeBindingMode"));
    } else {
      Checks.oneOf(
          storageClass.getVolumeBindingMode(),
          BINDING_MODES,
          FieldPath.of("volumeBindingMode"),
          errors);
    }
    topologies(storageClass.getAllowedTopologiesList(), errors);
  }

  static void validateUpdate(StorageClass now, StorageClass old, FieldErrors errors) {
    unchangedParameters(now.getParametersMap(), old.getParametersMap(), errors);
    Immutable.check(
        now.getProvisioner(), old.getProvisioner(), FieldPath.of("provisioner"), errors);
    Immutable.check(
        now.hasReclaimPolicy() ? now.getReclaimPolicy() : null,
        old.hasReclaimPolicy() ? old.getReclaimPolicy() : null,
        FieldPath.of("reclaimPolicy"),
        errors);
    Immutable.check(
        now.hasVolumeBindingMode() ? now.getVolumeBindingMode() : null,
        old.hasVolumeBindingMode() ? old.getVolumeBindingMode() : null,
        FieldPath.of("volumeBindingMode"),
        errors);
  }

  static void validate(VolumeAttributesClass attributes, FieldErrors errors) {
    provisioner(attributes.getDriverName(), FieldPath.of("driverName"), errors);
    parameters(attributes.getParametersMap(), false, errors);
  }

  static void validateUpdate(
      VolumeAttributesClass now, VolumeAttributesClass old, FieldErrors errors) {
    Immutable.check(now.getDriverName(), old.getDriverName(), FieldPath.of("driverName"), errors);
    unchangedParameters(now.getParametersMap(), old.getParametersMap(), errors);
  }

  private static void unchangedParameters(
      Map<String, String> now, Map<String, String> old, FieldErrors errors) {
    if (!now.equals(old)) {
      errors.invalid(
          FieldPath.of("parameters"), now.isEmpty() ? null : new TreeMap<>(now), Immutable.DETAIL);
    }
  }

  private static void provisioner(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path);
      return;
    }
    for (String error : Names.qualified(name.toLowerCase(Locale.ROOT))) {
      errors.invalid(path, name, error);
    }
  }

  private static void parameters(
      Map<String, String> parameters, boolean mayBeEmpty, FieldErrors errors) {
    FieldPath path = FieldPath.of("parameters");
    if (parameters.size() > PARAMETERS_MAX) {
      errors.tooLong(path, PARAMETERS_MAX);
      return;
    }
    long bytes = 0;
    for (Map.Entry<String, String> parameter : new TreeMap<>(parameters).entrySet()) {
      if (parameter.getKey().isEmpty()) {
        errors.invalid(path, "", "field can not be empty.");
      }
      bytes += parameter.getKey().getBytes(StandardCharsets.UTF_8).length;
      bytes += parameter.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > PARAMETERS_MAX_BYTES) {
      errors.tooLong(path, PARAMETERS_MAX_BYTES);
    }
    if (!mayBeEmpty && parameters.isEmpty()) {
      errors.required(path, "must contain at least one key/value pair");
    }
  }

  private static void topologies(List<TopologySelectorTerm> terms, FieldErrors errors) {
    List<Map<String, Set<String>>> seen = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      FieldPath path = FieldPath.of("allowedTopologies").index(i).child("matchLabelExpressions");
      Map<String, Set<String>> expressions = term(terms.get(i), path, errors);
      if (seen.contains(expressions)) {
        errors.add(FieldError.Type.DUPLICATE, path, "", "");
      }
      seen.add(expressions);
    }
  }

  private static Map<String, Set<String>> term(
      TopologySelectorTerm term, FieldPath path, FieldErrors errors) {
    Map<String, Set<String>> expressions = new HashMap<>();
    for (int i = 0; i < term.getMatchLabelExpressionsCount(); i++) {
      var expression = term.getMatchLabelExpressions(i);
      FieldPath values = path.index(i).child("values");
      Set<String> distinct = new HashSet<>();
      if (expression.getValuesCount() == 0) {
        errors.required(values);
      }
      for (int j = 0; j < expression.getValuesCount(); j++) {
        if (!distinct.add(expression.getValues(j))) {
          errors.duplicate(values.index(j), expression.getValues(j));
        }
      }
      Checks.form(expression.getKey(), Names::labelKey, path.index(i).child("key"), errors);
      if (expressions.put(expression.getKey(), distinct) != null) {
        errors.duplicate(path.index(i).child("key"), expression.getKey());
      }
    }
    return expressions;
  }
}
