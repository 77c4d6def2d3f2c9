package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.List;

/// How many nodes or pods may use a volume at a time.
final class AccessModes {
  private static final String ONE_POD = "ReadWriteOncePod";
  private static final List<String> SUPPORTED =
      List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", ONE_POD);

  private AccessModes() {}

  static void validate(List<String> modes, FieldPath path, FieldErrors errors) {
    boolean onePod = false;
    boolean other = false;
    for (String mode : modes) {
      if (!SUPPORTED.contains(mode)) {
        errors.notSupported(path, mode, SUPPORTED);
      }
      onePod |= mode.equals(ONE_POD);
      other |= SUPPORTED.contains(mode) && !mode.equals(ONE_POD);
    }
    if (onePod && other) {
      errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
  }
}
