package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// `'...%s...'.format([...])` with the clauses `%s %d %f %e %b %x %X %o %%` and a precision before
/// `f` and `e` (version 2 of the strings extension).
final class StringFormat {
  private static final int DEFAULT_PRECISION = 6;
  private static final int MAX_PRECISION = 1_000;

  private StringFormat() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.method(
            "format",
            "string_format",
            SimpleType.STRING,
            List.of(SimpleType.STRING, ListType.create(SimpleType.DYN)),
            a -> format((String) a[0], (List<?>) a[1])),
        CelFunction.global(
            "jsonpatch.escapeKey",
            "string_jsonpatch_escapeKey_string",
            SimpleType.STRING,
            List.of(SimpleType.STRING),
            a -> ((String) a[0]).replace("~", "~0").replace("/", "~1")));
  }

  private static String format(String template, List<?> arguments) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int at = i + 1;
      if (at < template.length() && template.charAt(at) == '%') {
        out.append('%');
        i = at;
        continue;
      }
      int precision = DEFAULT_PRECISION;
      if (at < template.length() && template.charAt(at) == '.') {
        int from = ++at;
        while (at < template.length() && Character.isDigit(template.charAt(at))) {
          at++;
        }
        precision = precision(template.substring(from, at));
      }
      if (at >= template.length()) {
        throw new IllegalArgumentException("unexpected end of string");
      }
      if (next >= arguments.size()) {
        throw new IllegalArgumentException("index " + next + " out of range");
      }
      out.append(clause(template.charAt(at), precision, arguments.get(next++)));
      i = at;
    }
    return out.toString();
  }

  private static int precision(String digits) {
    int value = digits.isEmpty() || digits.length() > 4 ? -1 : Integer.parseInt(digits);
    if (value < 0 || value > MAX_PRECISION) {
      throw new IllegalArgumentException("invalid precision: \"" + digits + "\"");
    }
    return value;
  }

  private static String clause(char clause, int precision, Object value) {
    return switch (clause) {
      case 's' -> text(value);
      case 'd' ->
          switch (value) {
            case Long number -> number.toString();
            case Double number -> text(number);
            default -> throw wrong(clause, "integers");
          };
      case 'f' -> fixed(value, precision);
      case 'e' -> String.format(Locale.ROOT, "%." + precision + "e", number(clause, value));
      case 'b' ->
          switch (value) {
            case Long number -> (number < 0 ? "-" : "") + Long.toBinaryString(Math.abs(number));
            case Boolean bool -> bool ? "1" : "0";
            default -> throw wrong(clause, "integers and bools");
          };
      case 'o' ->
          value instanceof Long number
              ? (number < 0 ? "-" : "") + Long.toOctalString(Math.abs(number))
              : octal(clause);
      case 'x' -> hex(value);
      case 'X' -> hex(value).toUpperCase(Locale.ROOT);
      default ->
          throw new IllegalArgumentException("unrecognized formatting clause \"" + clause + "\"");
    };
  }

  private static String octal(char clause) {
    throw wrong(clause, "integers");
  }

  private static IllegalArgumentException wrong(char clause, String allowed) {
    return new IllegalArgumentException(
        "error during formatting: clause %" + clause + " can only be used on " + allowed);
  }

  private static double number(char clause, Object value) {
    return value instanceof Number number ? number.doubleValue() : notANumber(clause);
  }

  private static double notANumber(char clause) {
    throw wrong(clause, "doubles");
  }

  private static String fixed(Object value, int precision) {
    double number = number('f', value);
    return Double.isFinite(number)
        ? new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).toPlainString()
        : text(number);
  }

  private static String hex(Object value) {
    return switch (value) {
      case Long number -> (number < 0 ? "-" : "") + Long.toHexString(Math.abs(number));
      case String string ->
          java.util.HexFormat.of()
              .formatHex(string.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      case CelByteString bytes -> java.util.HexFormat.of().formatHex(bytes.toByteArray());
      default -> throw wrong('x', "integers, byte buffers, and strings");
    };
  }

  private static String text(Object value) {
    return switch (value) {
      case String string -> string;
      case Double number when number.isNaN() -> "NaN";
      case Double number when number.isInfinite() -> number > 0 ? "Infinity" : "-Infinity";
      case Double number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
      case Instant time -> time.toString();
      case java.time.Duration duration ->
          new BigDecimal(duration.toNanos()).movePointLeft(9).stripTrailingZeros().toPlainString()
              + "s";
      case List<?> list -> {
        StringJoiner all = new StringJoiner(", ", "[", "]");
        list.forEach(each -> all.add(text(each)));
        yield all.toString();
      }
      case Map<?, ?> map -> {
        Map<String, String> sorted = new TreeMap<>();
        map.forEach((key, each) -> sorted.put(text(key), text(each)));
        StringJoiner all = new StringJoiner(", ", "{", "}");
        sorted.forEach((key, each) -> all.add(key + ": " + each));
        yield all.toString();
      }
      case dev.cel.common.values.NullValue _ -> "null";
      default -> value.toString();
    };
  }
}
