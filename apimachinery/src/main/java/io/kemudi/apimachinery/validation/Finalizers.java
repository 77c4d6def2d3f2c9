package io.kemudi.apimachinery.validation;

import java.util.List;
import java.util.Set;

/// Names of finalizers: qualified, or one of the few that the API itself knows.
public final class Finalizers {
  private static final Set<String> STANDARD = Set.of("orphan", "foregroundDeletion", "kubernetes");

  private Finalizers() {}

  static void validate(List<String> finalizers, FieldPath path, FieldErrors errors) {
    for (String finalizer : finalizers) {
      for (String error : Names.qualified(finalizer)) {
        errors.invalid(path, finalizer, error);
      }
    }
    if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
      errors.invalid(
          path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }
    for (int i = 0; i < finalizers.size(); i++) {
      requireQualified(finalizers.get(i), path.index(i), errors);
    }
  }

  public static void validateName(String finalizer, FieldPath path, FieldErrors errors) {
    for (String error : Names.qualified(finalizer)) {
      errors.invalid(path, finalizer, error);
    }
    requireQualified(finalizer, path, errors);
  }

  private static void requireQualified(String finalizer, FieldPath path, FieldErrors errors) {
    if (finalizer.indexOf('/') < 0 && !STANDARD.contains(finalizer)) {
      errors.invalid(
          path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }
  }
}
