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
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./][A-Za-z0-9_./@+, ()=-]*");
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
      case String text -> scalar(text);
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

  private static String scalar(String text) {
    if (PLAIN.matcher(text).matches()
        && !text.endsWith(" ")
        && !TIME.matcher(text).matches()
        && !NUMBER.matcher(text).matches()
        && !WORD.matcher(text).matches()
        && !text.startsWith("=")) {
      return text;
    }
    return quoted(text);
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
