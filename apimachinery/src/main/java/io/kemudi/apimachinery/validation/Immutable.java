package io.kemudi.apimachinery.validation;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an update may not change.
public final class Immutable {
  public static final String DETAIL = "field is immutable";

  private Immutable() {}

  /// `now` and `old` are null where the field is absent; an error shows `now`.
  public static void check(
      @Nullable Object now, @Nullable Object old, FieldPath path, FieldErrors errors) {
    if (!Objects.equals(now, old)) {
      errors.invalid(path, now, DETAIL);
    }
  }
}
