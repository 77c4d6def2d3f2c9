package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.quantity.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Quantities as plain numbers. They were validated by the API server, so one that does not parse
/// counts as nothing rather than as a fault of the pod's.
public final class Amounts {
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.ofEntries(
          Map.entry("n", new BigDecimal("1e-9")),
          Map.entry("u", new BigDecimal("1e-6")),
          Map.entry("m", new BigDecimal("1e-3")),
          Map.entry("", BigDecimal.ONE),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("T", new BigDecimal("1e12")),
          Map.entry("P", new BigDecimal("1e15")),
          Map.entry("E", new BigDecimal("1e18")),
          Map.entry("Ki", BigDecimal.TWO.pow(10)),
          Map.entry("Mi", BigDecimal.TWO.pow(20)),
          Map.entry("Gi", BigDecimal.TWO.pow(30)),
          Map.entry("Ti", BigDecimal.TWO.pow(40)),
          Map.entry("Pi", BigDecimal.TWO.pow(50)),
          Map.entry("Ei", BigDecimal.TWO.pow(60)));

  private Amounts() {}

  public static BigDecimal of(String text) {
    int end = text.length();
    while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
      end--;
    }
    BigDecimal factor = SUFFIXES.get(text.substring(end));
    try {
      // No suffix of letters: an exponent such as 1e3 ends in a digit and is read as it stands.
      return factor == null
          ? BigDecimal.ZERO
          : new BigDecimal(text.substring(0, end)).multiply(factor);
    } catch (NumberFormatException e) {
      return BigDecimal.ZERO;
    }
  }

  /// The amount of `resource`, rounded up to whole units; null when there is none.
  public static @Nullable Long units(Map<String, Quantity> list, String resource) {
    Quantity found = list.get(resource);
    return found == null ? null : ceil(of(found.getString()));
  }

  /// The amount of `resource` in thousandths, rounded up; null when there is none.
  public static @Nullable Long milli(Map<String, Quantity> list, String resource) {
    Quantity found = list.get(resource);
    return found == null ? null : ceil(of(found.getString()).movePointRight(3));
  }

  public static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }

  private static long ceil(BigDecimal amount) {
    return amount.setScale(0, RoundingMode.CEILING).longValue();
  }
}
