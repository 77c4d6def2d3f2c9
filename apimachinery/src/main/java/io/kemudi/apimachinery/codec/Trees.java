package io.kemudi.apimachinery.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reading and copying trees without casts all over the place.
public final class Trees {
  private Trees() {}

  /// The value as an object.
  ///
  /// @throws CodecException naming `where` when it is not one
  @SuppressWarnings("unchecked") // trees are built by the codecs: keys are strings
  public static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new CodecException(where + ": got " + typeName(value) + ", want object");
  }

  /// The value as an object, null when it is none.
  @SuppressWarnings("unchecked")
  public static @Nullable Map<String, @Nullable Object> objectOrNull(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
  }

  /// The value as a list, null when it is none.
  @SuppressWarnings("unchecked")
  public static @Nullable List<@Nullable Object> listOrNull(@Nullable Object value) {
    return value instanceof List<?> list ? (List<@Nullable Object>) list : null;
  }

  /// The string under a key, "" when there is none.
  public static String string(Map<String, @Nullable Object> tree, String key) {
    return tree.get(key) instanceof String text ? text : "";
  }

  /// The value at a path of keys, null when a step is missing.
  public static @Nullable Object at(@Nullable Object tree, String... path) {
    Object value = tree;
    for (String key : path) {
      if (!(value instanceof Map<?, ?> map)) {
        return null;
      }
      value = map.get(key);
    }
    return value;
  }

  /// The object under a key, created when absent or null.
  public static Map<String, @Nullable Object> child(
      Map<String, @Nullable Object> tree, String key) {
    Map<String, @Nullable Object> known = objectOrNull(tree.get(key));
    if (known == null) {
      known = new LinkedHashMap<>();
      tree.put(key, known);
    }
    return known;
  }

  /// A copy that shares nothing that can change.
  public static @Nullable Object copy(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      var copy = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(map.size());
      map.forEach((key, item) -> copy.put((String) key, copy(item)));
      return copy;
    }
    if (value instanceof List<?> list) {
      var copy = new ArrayList<@Nullable Object>(list.size());
      list.forEach(item -> copy.add(copy(item)));
      return copy;
    }
    return value;
  }

  public static Map<String, @Nullable Object> copyObject(Map<String, @Nullable Object> tree) {
    return object(copy(tree), "tree");
  }

  /// JSON's name for the type of a value.
  public static String typeName(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String _ -> "string";
      case Boolean _ -> "bool";
      case Number _ -> "number";
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      default -> value.getClass().getSimpleName();
    };
  }
}
