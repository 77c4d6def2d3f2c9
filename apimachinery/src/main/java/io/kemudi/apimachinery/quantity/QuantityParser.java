package io.kemudi.apimachinery.quantity;

import io.kemudi.apimachinery.quantity.Quantity.Format;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// Reads amounts: a sign, digits with at most one point, a suffix.
final class QuantityParser {
  private static final BigDecimal MAX_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);

  /// What surely fits a long: 18 digits, and for binary suffixes those digits with up to 60 bits.
  private static final int LONG_DIGITS = 18;

  /// Exponents beyond this are no resource of any machine, and would let a short text ask for a
  /// number of a billion digits.
  private static final int MAX_EXPONENT = 10_000;

  /// Reading a number takes time by the square of its digits.
  private static final int MAX_DIGITS = 10_000;

  private QuantityParser() {}

  static Quantity parse(String text) {
    if (text.isEmpty()) {
      throw new QuantityFormatException(QuantityFormatException.WRONG);
    }
    int position = text.charAt(0) == '+' || text.charAt(0) == '-' ? 1 : 0;
    boolean negative = text.charAt(0) == '-';
    int numberStart = position;
    int point = -1;
    int digits = 0;
    for (; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '.' && point < 0) {
        point = position;
      } else if (c >= '0' && c <= '9') {
        digits++;
      } else {
        break;
      }
    }
    String number = text.substring(numberStart, position);
    String suffix = text.substring(position);
    checkSuffixForm(suffix);
    if (suffix.isEmpty() && number.isEmpty()) {
      throw new QuantityFormatException(QuantityFormatException.WRONG);
    }
    Suffix unit = Suffix.parse(suffix);
    if (digits == 0 || digits > MAX_DIGITS) {
      throw new QuantityFormatException(QuantityFormatException.NUMERIC);
    }
    int fraction = point < 0 ? 0 : number.length() - 1 - (point - numberStart);
    return digits <= LONG_DIGITS && unit.binaryPower() == 0 && unit.exponent() - fraction >= -9
        ? small(number, point >= 0, negative, unit.exponent() - fraction, unit.format())
        : exact(number, negative, unit);
  }

  private static Quantity small(
      String number, boolean hasPoint, boolean negative, int scale, Format format) {
    String digits = hasPoint ? number.replace(".", "") : number;
    long value = Long.parseLong(digits);
    return Quantity.ofScaled(negative ? -value : value, scale, format);
  }

  private static Quantity exact(String number, boolean negative, Suffix unit) {
    BigDecimal amount = new BigDecimal(number.startsWith(".") ? "0" + number : number);
    amount = amount.scaleByPowerOfTen(unit.exponent());
    if (unit.binaryPower() > 0) {
      amount = amount.multiply(BigDecimal.valueOf(1L << unit.binaryPower()));
    }
    if (amount.signum() != 0 && amount.precision() - amount.scale() < Quantity.NANO) {
      amount = BigDecimal.valueOf(1, -Quantity.NANO); // below it: rounded up, whatever its digits
    } else if (amount.scale() > -Quantity.NANO) {
      amount = amount.setScale(-Quantity.NANO, RoundingMode.UP);
    }
    Format format = unit.format();
    if (format == Format.BINARY_SI) {
      amount = amount.min(MAX_BINARY);
      if (amount.signum() > 0 && amount.compareTo(BigDecimal.ONE) < 0) {
        format = Format.DECIMAL_SI;
      }
    }
    return Quantity.of(negative ? amount.negate() : amount, format);
  }

  /// Letters of suffixes, then at most a sign and digits: what the regular expression says.
  private static void checkSuffixForm(String suffix) {
    int at = 0;
    while (at < suffix.length() && "eEinumkKMGTP".indexOf(suffix.charAt(at)) >= 0) {
      at++;
    }
    if (at < suffix.length() && (suffix.charAt(at) == '-' || suffix.charAt(at) == '+')) {
      at++;
    }
    while (at < suffix.length() && suffix.charAt(at) >= '0' && suffix.charAt(at) <= '9') {
      at++;
    }
    if (at < suffix.length()) {
      throw new QuantityFormatException(QuantityFormatException.WRONG);
    }
  }

  private record Suffix(int exponent, int binaryPower, Format format) {
    static Suffix parse(String suffix) {
      return switch (suffix) {
        case "" -> new Suffix(0, 0, Format.DECIMAL_SI);
        case "n" -> new Suffix(-9, 0, Format.DECIMAL_SI);
        case "u" -> new Suffix(-6, 0, Format.DECIMAL_SI);
        case "m" -> new Suffix(-3, 0, Format.DECIMAL_SI);
        case "k" -> new Suffix(3, 0, Format.DECIMAL_SI);
        case "M" -> new Suffix(6, 0, Format.DECIMAL_SI);
        case "G" -> new Suffix(9, 0, Format.DECIMAL_SI);
        case "T" -> new Suffix(12, 0, Format.DECIMAL_SI);
        case "P" -> new Suffix(15, 0, Format.DECIMAL_SI);
        case "E" -> new Suffix(18, 0, Format.DECIMAL_SI);
        case "Ki" -> new Suffix(0, 10, Format.BINARY_SI);
        case "Mi" -> new Suffix(0, 20, Format.BINARY_SI);
        case "Gi" -> new Suffix(0, 30, Format.BINARY_SI);
        case "Ti" -> new Suffix(0, 40, Format.BINARY_SI);
        case "Pi" -> new Suffix(0, 50, Format.BINARY_SI);
        case "Ei" -> new Suffix(0, 60, Format.BINARY_SI);
        default -> exponent(suffix);
      };
    }

    private static Suffix exponent(String suffix) {
      if (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E') {
        try {
          int exponent = Integer.parseInt(suffix, 1, suffix.length(), 10);
          if (Math.abs(exponent) <= MAX_EXPONENT) {
            return new Suffix(exponent, 0, Format.DECIMAL_EXPONENT);
          }
        } catch (NumberFormatException notANumber) {
          throw new QuantityFormatException(QuantityFormatException.SUFFIX);
        }
      }
      throw new QuantityFormatException(QuantityFormatException.SUFFIX);
    }
  }
}
