package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import java.util.Locale;

/// Names of drivers, which may be in upper case and are at most as long as a label.
final class CsiNames {
  private CsiNames() {}

  static void driver(String name, FieldPath path, FieldErrors errors) {
    Checks.requiredText(name, path, errors);
    if (name.length() > Names.LABEL_MAX) {
      errors.tooLong(path, Names.LABEL_MAX);
    }
    if (!name.isEmpty()) {
      for (String error : Names.dnsSubdomain(name.toLowerCase(Locale.ROOT))) {
        errors.invalid(path, name, error);
      }
    }
  }
}
