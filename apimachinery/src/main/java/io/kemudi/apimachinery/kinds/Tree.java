package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reading and changing objects in tree form. Absent, null and empty are one thing to most of the
/// API, and so they are here: Go's zero value is what a missing field has.
@SuppressWarnings("unchecked")
final class Tree {
  private Tree() {}

  /// The object under `field`, or null.
  static @Nullable Map<String, @Nullable Object> map(
      @Nullable Map<String, @Nullable Object> tree, String field) {
    return tree != null && tree.get(field) instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : null;
  }

  static @Nullable Map<String, @Nullable Object> map(
      @Nullable Map<String, @Nullable Object> tree, String first, String second) {
    return map(map(tree, first), second);
  }

  /// The object under `field`, made when it is missing.
  static Map<String, @Nullable Object> made(Map<String, @Nullable Object> tree, String field) {
    Map<String, @Nullable Object> map = map(tree, field);
    if (map == null) {
      map = new LinkedHashMap<>();
      tree.put(field, map);
    }
    return map;
  }

  /// The elements of a list of objects; none when it is missing.
  static List<Map<String, @Nullable Object>> maps(
      @Nullable Map<String, @Nullable Object> tree, String field) {
    if (tree == null || !(tree.get(field) instanceof List<?> list)) {
      return List.of();
    }
    List<Map<String, @Nullable Object>> maps = new ArrayList<>(list.size());
    for (Object element : list) {
      if (element instanceof Map<?, ?> map) {
        maps.add((Map<String, @Nullable Object>) map);
      }
    }
    return maps;
  }

  static List<Object> list(@Nullable Map<String, @Nullable Object> tree, String field) {
    return tree != null && tree.get(field) instanceof List<?> list
        ? (List<Object>) list
        : List.of();
  }

  /// The text under `field`, "" when missing.
  static String text(@Nullable Map<String, @Nullable Object> tree, String field) {
    return tree != null && tree.get(field) instanceof String text ? text : "";
  }

  static boolean flag(@Nullable Map<String, @Nullable Object> tree, String field) {
    return tree != null && Boolean.TRUE.equals(tree.get(field));
  }

  static boolean has(@Nullable Map<String, @Nullable Object> tree, String field) {
    return tree != null && tree.get(field) != null;
  }

  /// Sets a field that has no value, which for a field behind a pointer means absent.
  static void defaultTo(Map<String, @Nullable Object> tree, String field, Object value) {
    if (tree.get(field) == null) {
      tree.put(field, value);
    }
  }

  /// Sets a text that is absent or empty.
  static void defaultText(Map<String, @Nullable Object> tree, String field, String value) {
    if (text(tree, field).isEmpty()) {
      tree.put(field, value);
    }
  }

  /// Sets a number that is absent or zero.
  static void defaultNumber(Map<String, @Nullable Object> tree, String field, long value) {
    Object now = tree.get(field);
    if (now == null || now instanceof Number number && number.longValue() == 0) {
      tree.put(field, value);
    }
  }

  static void ifPresent(
      @Nullable Map<String, @Nullable Object> tree,
      String field,
      Consumer<Map<String, @Nullable Object>> action) {
    Map<String, @Nullable Object> map = map(tree, field);
    if (map != null) {
      action.accept(map);
    }
  }

  /// Puts `from`'s field in place of `to`'s, also when `from` has none.
  static void copy(
      Map<String, @Nullable Object> from, Map<String, @Nullable Object> to, String field) {
    Object value = from.get(field);
    if (value == null) {
      to.remove(field);
    } else {
      to.put(field, value);
    }
  }

  /// Whether two values mean the same to the API: absent and empty are equal, the order of map
  /// entries does not matter.
  static boolean same(@Nullable Object left, @Nullable Object right) {
    if (left == right || isEmpty(left) && isEmpty(right)) {
      return true;
    }
    return switch (left) {
      case Map<?, ?> map -> right instanceof Map<?, ?> other && sameMaps(map, other);
      case List<?> list -> right instanceof List<?> other && sameLists(list, other);
      case null -> false;
      default -> Objects.equals(left, right);
    };
  }

  private static boolean sameMaps(Map<?, ?> left, Map<?, ?> right) {
    for (Map.Entry<?, ?> entry : left.entrySet()) {
      if (!same(entry.getValue(), right.get(entry.getKey()))) {
        return false;
      }
    }
    for (Map.Entry<?, ?> entry : right.entrySet()) {
      if (!left.containsKey(entry.getKey()) && !isEmpty(entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameLists(List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!same(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null
        || value instanceof Map<?, ?> map && map.isEmpty()
        || value instanceof List<?> list && list.isEmpty();
  }
}
