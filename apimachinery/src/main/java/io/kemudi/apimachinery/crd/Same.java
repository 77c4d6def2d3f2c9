package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// When two values of JSON are the same: 1 and 1.0 are, and the order of an object's fields does
/// not count.
final class Same {
  private Same() {}

  static boolean values(@Nullable Object one, @Nullable Object other) {
    return key(one).equals(key(other));
  }

  /// Equal for the same values; for sets and maps.
  static Object key(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Number number -> new BigDecimal(number.toString()).stripTrailingZeros();
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, each) -> sorted.put(String.valueOf(name), key(each)));
        yield sorted;
      }
      case List<?> list -> list.stream().map(Same::key).toList();
      case String text -> List.of(text); // so that "null" is not null
      default -> value;
    };
  }

  /// Compact JSON, for messages.
  static String json(@Nullable Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
