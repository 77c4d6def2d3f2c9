package io.kemudi.apimachinery.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one JSON value (RFC 8259) from bytes. Bytes that are not UTF-8 and lone surrogates become
/// U+FFFD, as Go reads them.
final class JsonReader {
  /// How many duplicate keys are told; upstream's warnings stop about there too.
  private static final int MAX_DUPLICATES = 100;

  private final byte[] text;
  private final int end;
  private int at;
  private final List<String> duplicates = new ArrayList<>();

  /// The steps to the value being read: String keys and Integer indexes.
  private final List<Object> path = new ArrayList<>();

  JsonReader(byte[] text, int from, int to) {
    this.text = text;
    this.at = from;
    this.end = to;
  }

  Json.Parsed readAll() {
    int next = peek();
    if (next < 0) {
      throw new CodecException("unexpected end of JSON input");
    }
    Object value = value(0);
    if (peek() >= 0) {
      throw wrong("after top-level value");
    }
    return new Json.Parsed(value, duplicates);
  }

  /// The later of two values under one key counts; of two objects both do, as Go reads them.
  @SuppressWarnings("unchecked")
  private static @Nullable Object merged(@Nullable Object earlier, @Nullable Object later) {
    if (!(earlier instanceof Map<?, ?> before) || !(later instanceof Map<?, ?> after)) {
      return later;
    }
    Map<String, @Nullable Object> both = (Map<String, @Nullable Object>) before;
    after.forEach((key, value) -> both.put((String) key, merged(before.get(key), value)));
    return both;
  }

  /// The next byte that is not white space, -1 at the end.
  private int peek() {
    while (at < end) {
      byte b = text[at];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return b & 0xff;
      }
      at++;
    }
    return -1;
  }

  private CodecException wrong(String where) {
    if (at >= end) {
      return new CodecException("unexpected end of JSON input");
    }
    int length = Math.max(1, Utf8.sequenceLength(text, at, end));
    return new CodecException(
        "invalid character '" + Utf8.decode(text, at, at + length) + "' " + where + " " + place());
  }

  /// Where reading stopped, as an editor counts: lines and bytes of the line from one.
  private String place() {
    int line = 1;
    int begin = 0;
    for (int i = 0; i < Math.min(at, end); i++) {
      if (text[i] == '\n') {
        line++;
        begin = i + 1;
      }
    }
    return "(line " + line + ", column " + (at - begin + 1) + ")";
  }

  private @Nullable Object value(int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new CodecException("JSON is nested more than " + Json.MAX_DEPTH + " deep " + place());
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw wrong("looking for beginning of value");
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (at >= end || text[at] != word.charAt(i)) {
        throw wrong("in literal " + word);
      }
    }
    return value;
  }

  private Map<String, @Nullable Object> object(int depth) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    at++;
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      if (peek() != '"') {
        throw wrong("looking for beginning of object key string");
      }
      String key = string();
      if (peek() != ':') {
        throw wrong("after object key");
      }
      at++;
      path.add(key);
      boolean twice = map.containsKey(key);
      map.put(key, merged(map.get(key), value(depth + 1)));
      if (twice && duplicates.size() < MAX_DUPLICATES) {
        duplicates.add("duplicate field \"" + pathText() + "\"");
      }
      path.removeLast();
      int next = peek();
      if (next != ',' && next != '}') {
        throw wrong("after object key:value pair");
      }
      at++;
      if (next == '}') {
        return map;
      }
    }
  }

  private List<@Nullable Object> array(int depth) {
    var list = new ArrayList<@Nullable Object>();
    at++;
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      path.add(list.size());
      list.add(value(depth + 1));
      path.removeLast();
      int next = peek();
      if (next != ',' && next != ']') {
        throw wrong("after array element");
      }
      at++;
      if (next == ']') {
        return list;
      }
    }
  }

  private String pathText() {
    var shown = new StringBuilder();
    for (Object step : path) {
      if (step instanceof Integer index) {
        shown.append('[').append(index.intValue()).append(']');
      } else {
        shown.append(shown.isEmpty() ? "" : ".").append(step);
      }
    }
    return shown.toString();
  }

  private Object number() {
    int start = at;
    if (text[at] == '-') {
      at++;
    }
    if (at < end && text[at] == '0') {
      at++;
    } else {
      digits();
    }
    boolean whole = true;
    if (at < end && text[at] == '.') {
      whole = false;
      at++;
      digits();
    }
    if (at < end && (text[at] == 'e' || text[at] == 'E')) {
      whole = false;
      at++;
      if (at < end && (text[at] == '+' || text[at] == '-')) {
        at++;
      }
      digits();
    }
    if (whole && at - start <= 18) {
      return smallNumber(start);
    }
    return bigNumber(new String(text, start, at - start, StandardCharsets.US_ASCII), whole);
  }

  private void digits() {
    int start = at;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("in numeric literal");
    }
  }

  private Long smallNumber(int start) {
    long value = 0;
    boolean negative = text[start] == '-';
    for (int i = negative ? start + 1 : start; i < at; i++) {
      value = value * 10 + (text[i] - '0');
    }
    return negative ? -value : value;
  }

  private static Object bigNumber(String digits, boolean whole) {
    if (whole) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        // beyond 64 bits: kept as a double, as upstream keeps it
      }
    }
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value)) {
      throw new CodecException("number " + digits + " is out of range");
    }
    return value;
  }

  private String string() {
    int start = ++at;
    boolean ascii = true;
    while (at < end) {
      byte b = text[at];
      if (b == '"') {
        String plain =
            ascii
                ? new String(text, start, at - start, StandardCharsets.ISO_8859_1)
                : Utf8.decode(text, start, at);
        at++;
        return plain;
      }
      if (b == '\\') {
        return escapedString(start);
      }
      if (b >= 0 && b < 0x20) {
        throw wrong("in string literal");
      }
      ascii &= b >= 0;
      at++;
    }
    throw wrong("in string literal");
  }

  private String escapedString(int start) {
    var built = new StringBuilder(Utf8.decode(text, start, at));
    while (at < end) {
      byte b = text[at];
      if (b == '"') {
        at++;
        return built.toString();
      }
      if (b == '\\') {
        at++;
        built.append(escape());
      } else if (b >= 0 && b < 0x20) {
        throw wrong("in string literal");
      } else {
        int run = at;
        while (at < end
            && text[at] != '"'
            && text[at] != '\\'
            && !(text[at] >= 0 && text[at] < 0x20)) {
          at++;
        }
        built.append(Utf8.decode(text, run, at));
      }
    }
    throw wrong("in string literal");
  }

  private String escape() {
    if (at >= end) {
      throw wrong("in string literal");
    }
    String plain =
        switch (text[at]) {
          case '"' -> "\"";
          case '\\' -> "\\";
          case '/' -> "/";
          case 'b' -> "\b";
          case 'f' -> "\f";
          case 'n' -> "\n";
          case 'r' -> "\r";
          case 't' -> "\t";
          case 'u' -> "";
          default -> throw wrong("in string escape code");
        };
    at++;
    return plain.isEmpty() ? unicode() : plain;
  }

  private String unicode() {
    char first = hex();
    if (!Character.isSurrogate(first)) {
      return String.valueOf(first);
    }
    if (Character.isHighSurrogate(first)
        && at + 1 < end
        && text[at] == '\\'
        && text[at + 1] == 'u') {
      int mark = at;
      at += 2;
      char second = hex();
      if (Character.isLowSurrogate(second)) {
        return String.valueOf(new char[] {first, second});
      }
      at = mark; // what follows is a character of its own
    }
    return "\ufffd";
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = at < end ? Character.digit(text[at], 16) : -1;
      if (digit < 0) {
        throw wrong("in \\u hexadecimal character escape");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }
}
