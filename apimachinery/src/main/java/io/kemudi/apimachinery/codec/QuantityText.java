package io.kemudi.apimachinery.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// The canonical text of quantities: what upstream stores and shows for `0.5`, `1024Mi` or `1e3`.
/// Canonical is: no fraction, no finer than nano, the largest suffix that leaves a whole number, in
/// the family of suffixes (1000s, 1024s, exponents) that was given.
final class QuantityText {
  private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};

  /// Longer ones are refused: no honest quantity has them and arithmetic on them is slow.
  private static final int MAX_LENGTH = 128;

  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private enum Family {
    DECIMAL_SI,
    BINARY_SI,
    DECIMAL_EXPONENT
  }

  private QuantityText() {}

  /// The canonical form; null when the text is no quantity.
  static @Nullable String canonical(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.length() > MAX_LENGTH) {
      return null;
    }
    int suffixAt = numberEnd(trimmed);
    String number = trimmed.substring(0, suffixAt);
    String suffix = trimmed.substring(suffixAt);
    if (!isNumber(number)) {
      return null;
    }
    BigDecimal value = new BigDecimal(plain(number));
    Integer decimal = decimalExponent(suffix);
    if (decimal != null) {
      return format(value.scaleByPowerOfTen(decimal), Family.DECIMAL_SI);
    }
    int binary = indexOf(BINARY, suffix);
    if (binary > 0) {
      return format(
          value.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(10 * binary))), Family.BINARY_SI);
    }
    Integer exponent = writtenExponent(suffix);
    return exponent == null
        ? null
        : format(value.scaleByPowerOfTen(exponent), Family.DECIMAL_EXPONENT);
  }

  private static int numberEnd(String text) {
    int at = text.charAt(0) == '+' || text.charAt(0) == '-' ? 1 : 0;
    while (at < text.length()
        && (Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 0x80
            || text.charAt(at) == '.')) {
      at++;
    }
    return at;
  }

  private static boolean isNumber(String number) {
    int dot = number.indexOf('.');
    boolean digits = number.chars().anyMatch(c -> c >= '0' && c <= '9');
    return digits && (dot < 0 || number.indexOf('.', dot + 1) < 0);
  }

  /// BigDecimal wants digits behind the point.
  private static String plain(String number) {
    return number.endsWith(".") ? number + "0" : number;
  }

  private static @Nullable Integer decimalExponent(String suffix) {
    int index = indexOf(DECIMAL, suffix);
    return index < 0 ? null : (index - 3) * 3;
  }

  private static int indexOf(String[] suffixes, String suffix) {
    for (int i = 0; i < suffixes.length; i++) {
      if (suffixes[i].equals(suffix)) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable Integer writtenExponent(String suffix) {
    if (suffix.length() < 2 || (suffix.charAt(0) != 'e' && suffix.charAt(0) != 'E')) {
      return null;
    }
    try {
      int exponent = Integer.parseInt(suffix, 1, suffix.length(), 10);
      return Math.abs(exponent) > 1000 ? null : exponent;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String format(BigDecimal exact, Family family) {
    BigDecimal value = exact;
    // Finer than nano is rounded away from zero; beyond 64 bits is capped.
    if (value.scale() > 9) {
      value = value.setScale(9, RoundingMode.UP);
    }
    BigDecimal cap = new BigDecimal(MAX);
    if (value.abs().compareTo(cap) > 0) {
      value = value.signum() < 0 ? cap.negate() : cap;
    }
    if (value.signum() == 0) {
      return "0";
    }
    boolean fraction = value.stripTrailingZeros().scale() > 0;
    if (family == Family.BINARY_SI) {
      // Small numbers and fractions would lose by a binary suffix: they change family.
      boolean small = value.abs().compareTo(BigDecimal.valueOf(1024)) < 0;
      if (!small && !fraction) {
        return binary(value.toBigIntegerExact());
      }
    }
    return decimal(value, family == Family.DECIMAL_EXPONENT);
  }

  private static String binary(BigInteger value) {
    int steps = Math.min(value.getLowestSetBit() / 10, BINARY.length - 1);
    return value.shiftRight(10 * steps) + BINARY[steps];
  }

  private static String decimal(BigDecimal value, boolean exponent) {
    BigDecimal stripped = value.stripTrailingZeros();
    int power = Math.floorDiv(-stripped.scale(), 3) * 3;
    power = Math.max(-9, exponent ? power : Math.min(power, 18));
    String digits = stripped.scaleByPowerOfTen(-power).toBigIntegerExact().toString();
    if (!exponent) {
      return digits + DECIMAL[power / 3 + 3];
    }
    return power == 0 ? digits : digits + "e" + power;
  }
}
