package io.kemudi.apimachinery.cel;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A cost or a size that is not known yet: at least `min`, at most `max`. Both are at least 0;
/// [Long#MAX_VALUE] stands for no limit, and arithmetic stops there.
public record CelRange(long min, long max) {
  public static final CelRange ZERO = new CelRange(0, 0);
  public static final CelRange ONE = new CelRange(1, 1);
  public static final CelRange UNKNOWN = new CelRange(0, Long.MAX_VALUE);

  public static CelRange exactly(long value) {
    return new CelRange(value, value);
  }

  public static CelRange upTo(long max) {
    return new CelRange(0, max);
  }

  public CelRange plus(CelRange other) {
    return new CelRange(sum(min, other.min), sum(max, other.max));
  }

  public CelRange times(CelRange other) {
    return new CelRange(product(min, other.min), product(max, other.max));
  }

  /// Rounded up.
  public CelRange times(double factor) {
    return new CelRange(product(min, factor), product(max, factor));
  }

  /// What holds for both.
  public CelRange or(CelRange other) {
    return new CelRange(Math.min(min, other.min), Math.max(max, other.max));
  }

  private static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static long product(long one, long other) {
    long high = Math.multiplyHigh(one, other);
    long low = one * other;
    return high != 0 || low < 0 ? Long.MAX_VALUE : low;
  }

  private static long product(long one, double factor) {
    if (one == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    BigDecimal exact = BigDecimal.valueOf(one).multiply(BigDecimal.valueOf(factor));
    BigDecimal up = exact.setScale(0, RoundingMode.CEILING);
    return up.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : up.longValue();
  }
}
