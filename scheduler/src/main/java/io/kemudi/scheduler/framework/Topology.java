package io.kemudi.scheduler.framework;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The places that one topology key divides the nodes into: a small number per distinct value of
/// the label. Kept by the [Snapshot].
public final class Topology {
  /// The domain of a node without the label.
  public static final int NONE = -1;

  private final String key;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> values = new ArrayList<>();
  private int[] domainOfRow = new int[0];

  Topology(String key) {
    this.key = key;
  }

  /// Values are never given back: bounded by the distinct values ever seen.
  void set(int row, @Nullable Map<String, String> labels) {
    if (row >= domainOfRow.length) {
      int length = domainOfRow.length;
      domainOfRow = Arrays.copyOf(domainOfRow, Math.max(64, row * 2));
      Arrays.fill(domainOfRow, length, domainOfRow.length, NONE);
    }
    String value = labels == null ? null : labels.get(key);
    domainOfRow[row] = value == null ? NONE : number(value);
  }

  private int number(String value) {
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    values.add(value);
    numbers.put(value, values.size() - 1);
    return values.size() - 1;
  }

  public int domain(int row) {
    return row < domainOfRow.length ? domainOfRow[row] : NONE;
  }

  /// One more than the highest domain number.
  public int domains() {
    return values.size();
  }
}
