package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.quantity.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Quantities as plain numbers. They were validated by the API server, so one that does not parse
/// counts as nothing rather than as a fault of the pod's.
public final class Amounts {
  private Amounts() {}

  public static BigDecimal of(String text) {
    try {
      return io.kemudi.apimachinery.quantity.Quantity.parse(text).toBigDecimal();
    } catch (IllegalArgumentException e) {
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
