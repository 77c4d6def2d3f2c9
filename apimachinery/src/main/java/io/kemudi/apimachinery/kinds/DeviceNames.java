package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import java.util.List;

/// Names around devices: of pools, and of attributes and capacities (`domain/identifier`).
final class DeviceNames {
  private static final int POOL_MAX = 253;
  private static final int IDENTIFIER_MAX = 32;
  private static final String NOT_IDENTIFIER =
      "a valid C identifier must start with alphabetic character or '_', followed by a string of"
          + " alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used"
          + " for validation is '[A-Za-z_][A-Za-z0-9_]*')";

  private DeviceNames() {}

  static void pool(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path);
      return;
    }
    if (name.length() > POOL_MAX) {
      errors.tooLong(path, POOL_MAX);
    }
    for (String part : name.split("/", -1)) {
      Checks.form(part, Names::dnsSubdomain, path, errors);
    }
  }

  /// Without a domain a name is of the driver's own.
  static void qualified(String name, FieldPath path, FieldErrors errors) {
    String[] parts = name.split("/", -1);
    if (parts.length == 1) {
      identifier(name, path, errors);
    } else if (parts.length > 2) {
      errors.invalid(path, name, "must not contain more than one slash");
    } else {
      if (parts[0].isEmpty()) {
        errors.invalid(path, "", "the domain must not be empty");
      } else {
        CsiNames.driver(parts[0], path, errors);
      }
      if (parts[1].isEmpty()) {
        errors.invalid(path, "", "the name must not be empty");
      } else {
        identifier(parts[1], path, errors);
      }
    }
  }

  static void fullyQualified(String name, FieldPath path, FieldErrors errors) {
    qualified(name, path, errors);
    if (name.indexOf('/') < 0) {
      errors.invalid(
          path, name, "a fully qualified name must be a domain and a name separated by a slash");
    }
  }

  private static void identifier(String name, FieldPath path, FieldErrors errors) {
    if (name.length() > IDENTIFIER_MAX) {
      errors.tooLong(path, IDENTIFIER_MAX);
    }
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*+")) {
      errors.invalid(path, name, NOT_IDENTIFIER);
    }
  }

  /// No more than `max` elements; whether it is worth looking at them.
  static boolean fits(List<?> list, int max, FieldPath path, FieldErrors errors) {
    if (list.size() > max) {
      errors.tooMany(path, list.size(), max);
      return false;
    }
    return true;
  }

  static void distinct(List<String> names, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < names.size(); i++) {
      if (names.indexOf(names.get(i)) < i) {
        errors.duplicate(path.index(i), names.get(i));
      }
    }
  }
}
