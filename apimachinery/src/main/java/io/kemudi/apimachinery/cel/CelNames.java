package io.kemudi.apimachinery.cel;

import java.util.Set;

/// How expressions write field names that are no identifiers: `a-b` as `a__dash__b`, and words of
/// the language as `__in__`.
public final class CelNames {
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

  private CelNames() {}

  /// Whether expressions may call a variable so.
  public static boolean isIdentifier(String name) {
    return !name.isEmpty()
        && !RESERVED.contains(name)
        && !(name.charAt(0) >= '0' && name.charAt(0) <= '9')
        && name.chars().allMatch(c -> c == '_' || isLetterOrDigit((char) c));
  }

  /// The name in expressions; empty when no expression can name the field.
  public static String escape(String name) {
    if (RESERVED.contains(name)) {
      return "__" + name + "__";
    }
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      return "";
    }
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case '.' -> escaped.append("__dot__");
        case '-' -> escaped.append("__dash__");
        case '/' -> escaped.append("__slash__");
        case '_' -> {
          if (i + 1 < name.length() && name.charAt(i + 1) == '_') {
            escaped.append("__underscores__");
            i++;
          } else {
            escaped.append('_');
          }
        }
        default -> {
          if (!isLetterOrDigit(c)) {
            return "";
          }
          escaped.append(c);
        }
      }
    }
    return escaped.toString();
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
