package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import java.time.Duration;
import java.util.List;

/// `isSorted`, `sum`, `min`, `max`, `indexOf` and `lastIndexOf` of lists.
final class ListLibrary {
  private static final TypeParamType ELEMENT = TypeParamType.create("T");
  private static final ListType LIST = ListType.create(ELEMENT);

  private ListLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.method(
            "isSorted", "list_is_sorted", SimpleType.BOOL, List.of(LIST), a -> isSorted(list(a))),
        CelFunction.method("sum", "list_sum", ELEMENT, List.of(LIST), a -> sum(list(a))),
        CelFunction.method("min", "list_min", ELEMENT, List.of(LIST), a -> least(list(a), 1)),
        CelFunction.method("max", "list_max", ELEMENT, List.of(LIST), a -> least(list(a), -1)),
        CelFunction.method(
            "indexOf",
            "list_a_index_of_int",
            SimpleType.INT,
            List.of(LIST, ELEMENT),
            a -> (long) list(a).indexOf(a[1])),
        CelFunction.method(
            "lastIndexOf",
            "list_a_last_index_of_int",
            SimpleType.INT,
            List.of(LIST, ELEMENT),
            a -> (long) list(a).lastIndexOf(a[1])));
  }

  private static List<?> list(Object[] arguments) {
    return (List<?>) arguments[0];
  }

  private static boolean isSorted(List<?> list) {
    for (int i = 1; i < list.size(); i++) {
      if (compare(list.get(i - 1), list.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  private static Object least(List<?> list, int sign) {
    if (list.isEmpty()) {
      throw new IllegalArgumentException((sign > 0 ? "min" : "max") + " called on empty list");
    }
    Object least = list.getFirst();
    for (Object each : list) {
      if (sign * compare(each, least) < 0) {
        least = each;
      }
    }
    return least;
  }

  @SuppressWarnings("unchecked")
  private static int compare(Object one, Object other) {
    if (one instanceof Number a
        && other instanceof Number b
        && !a.getClass().equals(b.getClass())) {
      return Double.compare(a.doubleValue(), b.doubleValue());
    }
    if (one instanceof Comparable<?> comparable && one.getClass().equals(other.getClass())) {
      return ((Comparable<Object>) comparable).compareTo(other);
    }
    throw new IllegalArgumentException("no such overload");
  }

  /// The sum of no elements is the integer 0: their type is not known here.
  private static Object sum(List<?> list) {
    Object sum = 0L;
    for (Object each : list) {
      sum = plus(sum, each);
    }
    return sum;
  }

  private static Object plus(Object sum, Object value) {
    return switch (value) {
      case Long number when sum instanceof Long so -> Math.addExact(so, number);
      case Double number when sum instanceof Number so -> so.doubleValue() + number;
      case Duration duration when sum instanceof Duration so -> so.plus(duration);
      case Duration duration when sum.equals(0L) -> duration;
      default -> throw new IllegalArgumentException("no such overload");
    };
  }
}
