package io.kemudi.apimachinery.codec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/// What a plain scalar means, by the rules of the YAML reader in Kubernetes' tools: those of YAML
/// 1.1 with Go's notion of numbers. Sexagesimals and times stay strings, and so does `1e3`, which
/// needs a sign in its exponent to be a number: quantities profit.
final class YamlScalars {
  private static final BigInteger UNSIGNED_LIMIT = BigInteger.ONE.shiftLeft(64);

  /// 64 bits in binary. Longer ones are no numbers here, and reading them takes time by the square
  /// of their length.
  private static final int MAX_DIGITS = 64;

  private YamlScalars() {}

  static @Nullable Object value(ScalarNode node) {
    Tag tag = node.getTag();
    String text = node.getValue();
    if (tag.equals(Tag.STR)) {
      return text;
    }
    if (tag.equals(Tag.BINARY)) {
      return binary(text);
    }
    return node.isPlain() ? plain(text) : text;
  }

  private static String binary(String text) {
    try {
      return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CodecException("yaml: !!binary value contains invalid base64 data");
    }
  }

  static @Nullable Object plain(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> null;
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> true;
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> false;
      case ".nan", ".NaN", ".NAN" -> Double.NaN;
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> Double.POSITIVE_INFINITY;
      case "-.inf", "-.Inf", "-.INF" -> Double.NEGATIVE_INFINITY;
      default -> startsNumber(text.charAt(0)) ? number(text) : text;
    };
  }

  private static boolean startsNumber(char first) {
    return (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
  }

  private static Object number(String text) {
    String digits = text.replace("_", "");
    Object whole = whole(digits);
    if (whole != null) {
      return whole;
    }
    return isDecimal(digits) ? (Object) Double.parseDouble(digits) : text;
  }

  /// A whole number with Go's prefixes: `0x`, `0b`, `0o`, and `0` alone for octal.
  private static @Nullable Object whole(String digits) {
    boolean negative = digits.startsWith("-");
    String rest = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    int radix = 10;
    if (rest.length() > 1 && rest.charAt(0) == '0') {
      radix =
          switch (rest.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
          };
      boolean letter = radix != 8 || rest.charAt(1) == 'o' || rest.charAt(1) == 'O';
      rest = rest.substring(letter ? 2 : 1);
    }
    if (rest.isEmpty() || rest.charAt(0) == '+' || rest.charAt(0) == '-') {
      return null;
    }
    rest = withoutZeros(rest);
    if (rest.length() > MAX_DIGITS || !isAscii(rest)) {
      return null;
    }
    try {
      BigInteger value = new BigInteger(rest, radix);
      value = negative ? value.negate() : value;
      if (value.bitLength() < 64) {
        return value.longValueExact();
      }
      boolean unsigned = !negative && value.compareTo(UNSIGNED_LIMIT) < 0;
      return unsigned ? (Object) value.doubleValue() : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String withoutZeros(String digits) {
    int at = 0;
    while (at < digits.length() - 1 && digits.charAt(at) == '0') {
      at++;
    }
    return digits.substring(at);
  }

  /// Java would take the digits of other scripts for digits too.
  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /// `[-+]?[0-9]*\.?[0-9]+([eE][-+][0-9]+)?`
  private static boolean isDecimal(String text) {
    int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int before = digitsEnd(text, at);
    int end = before;
    if (before < text.length() && text.charAt(before) == '.') {
      end = digitsEnd(text, before + 1);
      if (end == before + 1) {
        return false;
      }
    } else if (before == at) {
      return false;
    }
    if (end == text.length()) {
      return true;
    }
    boolean exponent =
        (text.charAt(end) == 'e' || text.charAt(end) == 'E')
            && end + 2 < text.length()
            && (text.charAt(end + 1) == '-' || text.charAt(end + 1) == '+');
    return exponent && digitsEnd(text, end + 2) == text.length();
  }

  private static int digitsEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
