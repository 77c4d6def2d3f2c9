package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

final class ConfigMapValidation {
  static final int MAX_BYTES = 1024 * 1024;
  static final String FROZEN = "field is immutable when `immutable` is set";

  private ConfigMapValidation() {}

  static void validate(ConfigMap map, FieldErrors errors) {
    long size = 0;
    for (String key : new TreeSet<>(map.getDataMap().keySet())) {
      FieldPath path = FieldPath.of("data").key(key);
      Checks.form(key, Names::configMapKey, path, errors);
      if (map.containsBinaryData(key)) {
        errors.invalid(path, key, "duplicate of key present in binaryData");
      }
      size += map.getDataOrThrow(key).getBytes(StandardCharsets.UTF_8).length;
    }
    for (String key : new TreeSet<>(map.getBinaryDataMap().keySet())) {
      Checks.form(key, Names::configMapKey, FieldPath.of("binaryData").key(key), errors);
      size += map.getBinaryDataOrThrow(key).size();
    }
    if (size > MAX_BYTES) {
      // The place is an empty name, upstream's way to mean the whole object.
      errors.tooLong(FieldPath.of("[]"), MAX_BYTES);
    }
  }

  static void validateUpdate(ConfigMap map, ConfigMap old, FieldErrors errors) {
    if (old.getImmutable()) {
      if (!map.getImmutable()) {
        errors.forbidden(FieldPath.of("immutable"), FROZEN);
      }
      if (!map.getDataMap().equals(old.getDataMap())) {
        errors.forbidden(FieldPath.of("data"), FROZEN);
      }
      if (!map.getBinaryDataMap().equals(old.getBinaryDataMap())) {
        errors.forbidden(FieldPath.of("binaryData"), FROZEN);
      }
    }
    validate(map, errors);
  }
}
