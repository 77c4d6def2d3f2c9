package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.MessageType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The content of a custom object: all its fields but metadata, `kind` and `apiVersion`, as one
/// compact JSON object whose keys are sorted at every level, so that equal contents have equal
/// bytes.
final class Content {
  private Content() {}

  static byte[] encode(MessageType type, Map<?, ?> tree) {
    Map<String, @Nullable Object> content = new TreeMap<>();
    tree.forEach((key, value) -> {
      String name = (String) key;
      if (!name.equals("kind") && !name.equals("apiVersion") && type.byJsonName(name) == null) {
        content.put(name, sorted(value));
      }
    });
    return Json.write(content);
  }

  static void decodeInto(Map<String, @Nullable Object> tree, byte[] bytes, int from, int to) {
    tree.putAll(Json.parseObject(Arrays.copyOfRange(bytes, from, to)));
  }

  private static @Nullable Object sorted(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((key, each) -> sorted.put((String) key, sorted(each)));
      return new LinkedHashMap<>(sorted);
    }
    return value instanceof java.util.List<?> list
        ? list.stream()
            .map(Content::sorted)
            .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new))
        : value;
  }
}
