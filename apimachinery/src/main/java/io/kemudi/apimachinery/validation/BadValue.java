package io.kemudi.apimachinery.validation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows the value an error is about: strings in quotes, numbers and booleans bare, lists and maps
/// as JSON.
final class BadValue {
  private BadValue() {}

  static void write(@Nullable Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case CharSequence text -> quote(text, out);
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag.booleanValue());
      case Map<?, ?> map -> writeMap(map, out);
      case List<?> list -> writeList(list, out);
      default -> quote(value.toString(), out);
    }
  }

  private static void writeMap(Map<?, ?> map, StringBuilder out) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      quote(String.valueOf(entry.getKey()), out);
      out.append(':');
      write(entry.getValue(), out);
      separator = ",";
    }
    out.append('}');
  }

  private static void writeList(List<?> list, StringBuilder out) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      write(element, out);
      separator = ",";
    }
    out.append(']');
  }

  /// Go's `%q`: the short escapes, hex escapes for other controls and what cannot be printed.
  static void quote(CharSequence text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case 0x07 -> out.append("\\a");
        case 0x0b -> out.append("\\v");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\x%02x", (int) c));
          } else if (c >= 0x80 && (Character.isISOControl(c) || c == 0xa0 || c == 0xfeff)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
