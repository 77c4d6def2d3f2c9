package io.kemudi.apimachinery.quantity;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// An exact amount of something, such as `100m`, `1.5Gi` or `12e6`. Immutable.
///
/// Nearly all amounts fit a long with a power of ten (`value * 10^scale`, never below nano), and
/// all arithmetic on those stays there; the rest is a BigDecimal. An amount remembers the way it
/// was written ([Format]), which decides how it is written again, but has no part in equality: `1`
/// and `1000m` are equal.
public final class Quantity implements Comparable<Quantity> {
  /// How an amount is written: `1Ki`, `1k` or `1e3`.
  public enum Format {
    BINARY_SI,
    DECIMAL_SI,
    DECIMAL_EXPONENT
  }

  public static final Quantity ZERO = new Quantity(0, 0, null, Format.DECIMAL_SI);

  /// Finer amounts are rounded up: who asks for some gets some.
  static final int NANO = -9;

  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final long[] POWERS_OF_TEN = powersOfTen();

  private final long value;
  private final int scale;
  private final @Nullable BigDecimal big;
  private final Format format;

  private Quantity(long value, int scale, @Nullable BigDecimal big, Format format) {
    this.value = value;
    this.scale = scale;
    this.big = big;
    this.format = format;
  }

  public static Quantity of(long value) {
    return of(value, Format.DECIMAL_SI);
  }

  public static Quantity of(long value, Format format) {
    return new Quantity(value, 0, null, format);
  }

  public static Quantity ofMilli(long milli) {
    return new Quantity(milli, -3, null, Format.DECIMAL_SI);
  }

  static Quantity of(BigDecimal exact, Format format) {
    BigDecimal stripped = exact.stripTrailingZeros();
    int scale = -stripped.scale();
    BigInteger unscaled = stripped.unscaledValue();
    return scale >= NANO && unscaled.bitLength() < Long.SIZE
        ? new Quantity(unscaled.longValue(), scale, null, format)
        : new Quantity(0, 0, stripped, format);
  }

  static Quantity ofScaled(long value, int scale, Format format) {
    return new Quantity(value, scale, null, format);
  }

  /// Reads an amount as upstream does.
  ///
  /// @throws QuantityFormatException in upstream's words when it is none
  public static Quantity parse(String text) {
    return QuantityParser.parse(text);
  }

  /// The canonical way to write what `text` says: no fraction, the largest suffix that keeps it
  /// exact.
  public static String canonical(String text) {
    return parse(text).toString();
  }

  public Format format() {
    return format;
  }

  public int signum() {
    return big == null ? Long.signum(value) : big.signum();
  }

  public boolean isZero() {
    return signum() == 0;
  }

  public BigDecimal toBigDecimal() {
    return big == null ? BigDecimal.valueOf(value, -scale) : big;
  }

  public double toDouble() {
    return big == null && scale == 0 ? value : toBigDecimal().doubleValue();
  }

  /// In whole units, fractions rounded away from zero; capped at what a long holds.
  public long value() {
    return scaledValue(0);
  }

  /// In thousandths, finer parts rounded away from zero; capped at what a long holds.
  public long milliValue() {
    return scaledValue(-3);
  }

  /// In units of `10^unit`.
  public long scaledValue(int unit) {
    if (big == null) {
      if (value == 0 || scale == unit) {
        return value;
      }
      int shift = scale - unit;
      if (shift > 0 && shift < POWERS_OF_TEN.length) {
        long high = Math.multiplyHigh(value, POWERS_OF_TEN[shift]);
        long low = value * POWERS_OF_TEN[shift];
        if (high == low >> 63) {
          return low;
        }
      }
    }
    BigDecimal units = toBigDecimal().scaleByPowerOfTen(-unit).setScale(0, RoundingMode.UP);
    return units.compareTo(MAX_LONG) > 0
        ? Long.MAX_VALUE
        : units.compareTo(MIN_LONG) < 0 ? Long.MIN_VALUE : units.longValue();
  }

  /// Whether it is a whole number of `10^unit`.
  public boolean isMultipleOf(int unit) {
    return toBigDecimal().stripTrailingZeros().scale() <= -unit;
  }

  /// The sum; written as this amount is, unless this amount is zero.
  public Quantity plus(Quantity other) {
    Format written = isZero() ? other.format : format;
    if (big == null && other.big == null && scale == other.scale) {
      long sum = value + other.value;
      if (((value ^ sum) & (other.value ^ sum)) >= 0) {
        return new Quantity(sum, scale, null, written);
      }
    }
    return of(toBigDecimal().add(other.toBigDecimal()), written);
  }

  public Quantity minus(Quantity other) {
    return plus(other.negated());
  }

  public Quantity negated() {
    return big == null && value != Long.MIN_VALUE
        ? new Quantity(-value, scale, null, format)
        : of(toBigDecimal().negate(), format);
  }

  public Quantity times(long factor) {
    return of(toBigDecimal().multiply(BigDecimal.valueOf(factor)), format);
  }

  /// The same amount, what is finer than `10^unit` rounded away from zero.
  public Quantity roundedUpTo(int unit) {
    return big == null && scale >= unit
        ? this
        : of(toBigDecimal().setScale(-unit, RoundingMode.UP), format);
  }

  public Quantity max(Quantity other) {
    return compareTo(other) >= 0 ? this : other;
  }

  @Override
  public int compareTo(Quantity other) {
    if (big == null && other.big == null && (scale == other.scale || value == 0)) {
      return value == 0 ? -other.signum() : Long.compare(value, other.value);
    }
    return toBigDecimal().compareTo(other.toBigDecimal());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantity quantity && compareTo(quantity) == 0;
  }

  @Override
  public int hashCode() {
    return toBigDecimal().stripTrailingZeros().hashCode();
  }

  /// The canonical form.
  @Override
  public String toString() {
    return QuantityWriter.write(this);
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
