package io.kemudi.nodeagent.podworker;

import java.util.Map;

/// References to variables in commands, arguments and values: `$(NAME)` is replaced when the name
/// is known and left as it stands when it is not; `$$` is a dollar sign that begins no reference.
public final class Expansion {
  private Expansion() {}

  public static String expand(String text, Map<String, String> variables) {
    var out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0 || dollar == text.length() - 1) {
        return out.append(text, at, text.length()).toString();
      }
      out.append(text, at, dollar);
      at = expandAt(text, dollar, variables, out);
    }
    return out.toString();
  }

  /// Handles what begins at the dollar sign at `dollar` and returns where to go on.
  private static int expandAt(
      String text, int dollar, Map<String, String> variables, StringBuilder out) {
    char next = text.charAt(dollar + 1);
    if (next == '$') {
      out.append('$');
      return dollar + 2;
    }
    int close = next == '(' ? text.indexOf(')', dollar) : -1;
    if (close < 0) {
      out.append('$').append(next);
      return dollar + 2;
    }
    String value = variables.get(text.substring(dollar + 2, close));
    out.append(value == null ? text.substring(dollar, close + 1) : value);
    return close + 1;
  }
}
