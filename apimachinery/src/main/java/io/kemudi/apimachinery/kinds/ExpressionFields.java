package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/// Fields that hold CEL expressions: present, and right as far as a check can tell.
final class ExpressionFields {
  private final ExpressionCheck check;
  private final FieldErrors errors;

  ExpressionFields(ExpressionCheck check, FieldErrors errors) {
    this.check = check;
    this.errors = errors;
  }

  static boolean hasLineBreak(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }

  /// `whenMissing` is the detail of the error about an empty one.
  void required(
      ExpressionCheck.Place place,
      String expression,
      ExpressionCheck.Scope scope,
      String whenMissing,
      FieldPath path) {
    if (expression.isBlank()) {
      errors.required(path, whenMissing);
    } else {
      check(place, expression, scope, path);
    }
  }

  void check(
      ExpressionCheck.Place place, String expression, ExpressionCheck.Scope scope, FieldPath path) {
    @Nullable String complaint = check.complaint(place, expression, scope);
    if (complaint != null) {
      errors.invalid(path, expression, complaint);
    }
  }
}
