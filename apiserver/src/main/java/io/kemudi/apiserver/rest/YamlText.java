package io.kemudi.apiserver.rest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Trees as YAML: block style, keys sorted, strings quoted where a YAML 1.1 reader would take them
/// for something else.
final class YamlText {
  /// Where lines are folded.
  private static final int WIDTH = 80;

  /// What no plain scalar begins with.
  private static final String INDICATORS = "#,[]{}&*!|>'\"%@`";

  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d?-\\d\\d?.*");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(\\d[\\d_,:.]*([eE][-+]?\\d+)?|0[xob][\\da-fA-F_]+|\\.\\d[\\d_.]*([eE][-+]?\\d+)?|\\.(inf|nan))",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern WORD =
      Pattern.compile("y|n|yes|no|on|off|true|false|null|~", Pattern.CASE_INSENSITIVE);

  private final StringBuilder out = new StringBuilder(1024);

  static byte[] write(Map<String, @Nullable Object> tree) {
    YamlText text = new YamlText();
    if (tree.isEmpty()) {
      text.out.append("{}\n");
    } else {
      text.map(tree, 0, false);
    }
    return text.out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// `inline` means that the first key stands behind a dash already.
  private void map(Map<?, ?> map, int indent, boolean inline) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    boolean first = true;
    for (var entry : sorted.entrySet()) {
      if (!(first && inline)) {
        out.repeat(' ', indent);
      }
      first = false;
      out.append(scalar(entry.getKey())).append(':');
      value(entry.getValue(), indent);
    }
  }

  private void value(@Nullable Object value, int indent) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() -> {
        out.append('\n');
        map(map, indent + 2, false);
      }
      case List<?> list when !list.isEmpty() -> {
        out.append('\n');
        list(list, indent);
      }
      case String text when text.indexOf('\n') >= 0 && blockable(text) -> block(text, indent + 2);
      case String text -> {
        int column = out.length() - out.lastIndexOf("\n");
        out.append(' ').append(folded(scalar(text), column, indent + 2)).append('\n');
      }
      case null, default -> out.append(' ').append(leaf(value)).append('\n');
    }
  }

  private void list(List<?> list, int indent) {
    for (Object element : list) {
      out.repeat(' ', indent).append('-');
      if (element instanceof Map<?, ?> map && !map.isEmpty()) {
        out.append(' ');
        map(map, indent + 2, true);
      } else {
        value(element, indent);
      }
    }
  }

  private static String leaf(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> _ -> "{}";
      case List<?> _ -> "[]";
      default -> value.toString();
    };
  }

  private static boolean blockable(String text) {
    return !text.startsWith(" ")
        && !text.startsWith("\n")
        && text.chars().allMatch(c -> c == '\n' || (c >= 0x20 && c != 0x7f));
  }

  private void block(String text, int indent) {
    boolean ended = text.endsWith("\n");
    out.append(" |").append(ended ? (text.endsWith("\n\n") ? "+" : "") : "-").append('\n');
    String body = ended ? text.substring(0, text.length() - 1) : text;
    for (String line : body.split("\n", -1)) {
      if (!line.isEmpty()) {
        out.repeat(' ', indent).append(line);
      }
      out.append('\n');
    }
  }

  /// As sigs.k8s.io/yaml writes strings: plain where that reads back as the same string, in single
  /// quotes where plain would not parse, in double quotes where it would be no string.
  private static String scalar(String text) {
    if (text.isEmpty()
        || TIME.matcher(text).matches()
        || NUMBER.matcher(text).matches()
        || WORD.matcher(text).matches()
        || text.equals("=")
        || text.equals("<<")
        || !text.chars().allMatch(YamlText::printable)) {
      return quoted(text);
    }
    return plain(text) ? text : "'" + text.replace("'", "''") + "'";
  }

  private static boolean printable(int c) {
    return c >= 0x20 && c < 0x7f || c >= 0xa0 && c != 0xfeff;
  }

  private static boolean plain(String text) {
    char first = text.charAt(0);
    boolean spaceNext = text.length() == 1 || text.charAt(1) == ' ';
    return INDICATORS.indexOf(first) < 0
        && !(spaceNext && "?:-".indexOf(first) >= 0)
        && !text.contains(": ")
        && !text.endsWith(":")
        && !text.contains(" #")
        && !text.startsWith(" ")
        && !text.endsWith(" ")
        && !text.startsWith("---")
        && !text.startsWith("...");
  }

  /// Breaks a scalar at the first single space past the width, as often as needed; `column` is
  /// where it begins.
  private static String folded(String scalar, int column, int indent) {
    if (column + scalar.length() <= WIDTH) {
      return scalar;
    }
    StringBuilder folded = new StringBuilder(scalar.length() + 16);
    int at = column;
    for (int i = 0; i < scalar.length(); i++) {
      char c = scalar.charAt(i);
      boolean breaks =
          c == ' '
              && at > WIDTH
              && i > 1
              && i < scalar.length() - 2
              && scalar.charAt(i - 1) != ' '
              && scalar.charAt(i + 1) != ' ';
      if (breaks) {
        folded.append('\n').repeat(' ', indent);
        at = indent;
      } else {
        folded.append(c);
        at++;
      }
    }
    return folded.toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            quoted.append("\\x").append(Character.forDigit(c >> 4, 16));
            quoted.append(Character.forDigit(c & 15, 16));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
