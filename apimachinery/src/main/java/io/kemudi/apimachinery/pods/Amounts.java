package io.kemudi.apimachinery.pods;

import io.kemudi.apimachinery.quantity.Quantity;
import java.util.Map;
import java.util.TreeMap;

/// Named quantities (a resource list) as parsed values, sorted by name.
public final class Amounts {
  private Amounts() {}

  public static Map<String, Quantity> of(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> texts) {
    Map<String, Quantity> amounts = new TreeMap<>();
    texts.forEach((name, text) -> amounts.put(name, Quantity.parse(text.getString())));
    return amounts;
  }

  /// The sum by name; what only one side has counts as it is.
  public static Map<String, Quantity> plus(Map<String, Quantity> a, Map<String, Quantity> b) {
    Map<String, Quantity> sum = new TreeMap<>(a);
    b.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
    return sum;
  }

  /// The larger by name.
  public static Map<String, Quantity> max(Map<String, Quantity> a, Map<String, Quantity> b) {
    Map<String, Quantity> most = new TreeMap<>(a);
    b.forEach((name, amount) -> most.merge(name, amount, Quantity::max));
    return most;
  }
}
