package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fields that hold CEL expressions: present, and right as far as a check can tell.
final class ExpressionFields {
  private static final Pattern IDENTIFIER = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*+");
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private final ExpressionCheck check;
  private final FieldErrors errors;

  ExpressionFields(ExpressionCheck check, FieldErrors errors) {
    this.check = check;
    this.errors = errors;
  }

  static boolean isIdentifier(String name) {
    return IDENTIFIER.matcher(name).matches() && !RESERVED.contains(name);
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
