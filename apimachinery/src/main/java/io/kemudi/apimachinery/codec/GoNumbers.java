package io.kemudi.apimachinery.codec;

import java.math.BigDecimal;

/// Floating-point numbers as Go's encoding/json prints them.
final class GoNumbers {
  private GoNumbers() {}

  /// The shortest decimal that reads back as `value`; plain between 1e-6 and 1e21, else with an
  /// exponent of as few digits as it needs (`1e-7`, `1e+21`).
  static String format(double value) {
    if (!Double.isFinite(value)) {
      throw new CodecException("JSON has no number " + value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    double size = Math.abs(value);
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String sign = value < 0 ? "-" : "";
    return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
