package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import java.util.Arrays;

/// The entries of a protobuf map in the order of their keys; of two with one key the later counts.
/// Each map entry is a message of its own with the key as field 1 and the value as field 2.
final class MapEntries {
  private MapEntries() {}

  /// Pairs (key entry, value entry) of the index, sorted. The caller closes the index down to the
  /// mark it took before.
  static int[] sorted(WireIndex index, int first, FieldType field) {
    int count = 0;
    for (int entry = first; entry != 0; entry = index.next(entry)) {
      count++;
    }
    int[] pairs = new int[2 * count];
    int filled = 0;
    boolean ascending = true;
    for (int entry = first; entry != 0; entry = index.next(entry)) {
      long pair = index.keyAndValue(entry, field);
      pairs[filled] = (int) (pair >>> 32);
      pairs[filled + 1] = (int) pair;
      ascending &= filled == 0 || index.compare(pairs[filled - 2], pairs[filled]) < 0;
      filled += 2;
    }
    return ascending ? pairs : sort(index, pairs);
  }

  /// Writers other than ours and upstream's leave maps in any order.
  private static int[] sort(WireIndex index, int[] pairs) {
    Integer[] order = new Integer[pairs.length / 2];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> index.compare(pairs[2 * a], pairs[2 * b])); // stable
    int[] sorted = new int[pairs.length];
    int filled = 0;
    for (int i : order) {
      boolean again = filled > 0 && index.compare(sorted[filled - 2], pairs[2 * i]) == 0;
      int at = again ? filled - 2 : filled;
      sorted[at] = pairs[2 * i];
      sorted[at + 1] = pairs[2 * i + 1];
      filled = at + 2;
    }
    return Arrays.copyOf(sorted, filled);
  }
}
