package io.kemudi.apimachinery.quantity;

import io.kemudi.apimachinery.quantity.Quantity.Format;
import java.math.BigDecimal;
import java.math.BigInteger;

/// Writes amounts in their canonical form.
final class QuantityWriter {
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final BigInteger KIBI_INTEGER = BigInteger.valueOf(1024);
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  private static final int LARGEST_SUFFIX = 18;

  private QuantityWriter() {}

  static String write(Quantity quantity) {
    if (quantity.isZero()) {
      return "0";
    }
    BigDecimal amount = quantity.toBigDecimal().stripTrailingZeros();
    // Small or fractional amounts are exact only in decimal form.
    boolean binary =
        quantity.format() == Format.BINARY_SI
            && amount.scale() <= 0
            && amount.abs().compareTo(KIBI) >= 0;
    return binary ? writeBinary(amount) : writeDecimal(amount, quantity.format());
  }

  private static String writeBinary(BigDecimal amount) {
    BigInteger number = amount.toBigIntegerExact();
    int suffix = 0;
    while (suffix < BINARY.length - 1 && number.mod(KIBI_INTEGER).signum() == 0) {
      number = number.divide(KIBI_INTEGER);
      suffix++;
    }
    return number + BINARY[suffix];
  }

  /// The exponent is a multiple of three, as the suffixes are.
  private static String writeDecimal(BigDecimal amount, Format format) {
    int exponent = Math.floorDiv(-amount.scale(), 3) * 3;
    if (format != Format.DECIMAL_EXPONENT) {
      exponent = Math.min(exponent, LARGEST_SUFFIX);
    }
    BigInteger number = amount.scaleByPowerOfTen(-exponent).toBigIntegerExact();
    if (exponent == 0) {
      return number.toString();
    }
    return format == Format.DECIMAL_EXPONENT
        ? number + "e" + exponent
        : number + DECIMAL[exponent / 3 + 3];
  }
}
