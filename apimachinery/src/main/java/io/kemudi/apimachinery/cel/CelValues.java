package io.kemudi.apimachinery.cel;

import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Between trees (as the codecs make them) and the values of expressions: they differ in null only.
public final class CelValues {
  private CelValues() {}

  /// The value of a tree. Shares what holds no null.
  public static Object of(@Nullable Object tree) {
    return switch (tree) {
      case null -> NullValue.NULL_VALUE;
      case Map<?, ?> map -> {
        Map<String, Object> values = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, value) -> values.put((String) key, of(value)));
        yield values;
      }
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        list.forEach(value -> values.add(of(value)));
        yield values;
      }
      case Integer number -> (long) number;
      case Float number -> (double) number;
      default -> tree;
    };
  }

  /// The tree of what an expression gave. Entries whose value is an empty optional are left out.
  ///
  /// @throws CelFailure for a value that JSON has no form for
  public static @Nullable Object toTree(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case NullValue _ -> null;
      case String text -> text;
      case Boolean bool -> bool;
      case Long number -> number;
      case Double number -> number;
      case com.google.common.primitives.UnsignedLong number -> number.longValue();
      case java.time.Instant time -> time.toString();
      case Optional<?> optional -> toTree(optional.orElse(null));
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        map.forEach((key, each) -> tree.put(String.valueOf(key), toTree(each)));
        yield tree;
      }
      case List<?> list -> {
        List<@Nullable Object> tree = new ArrayList<>();
        list.forEach(each -> tree.add(toTree(each)));
        yield tree;
      }
      default ->
          throw new CelFailure(
              CelFailure.Cause.EVALUATION,
              "cannot be written as JSON: " + value.getClass().getSimpleName());
    };
  }
}
