package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// That sets hold nothing twice and lists with keys no two elements of the same keys.
final class ListTypes {
  private ListTypes() {}

  static void validate(
      @Nullable Object value,
      StructuralSchema schema,
      @Nullable FieldPath path,
      FieldErrors errors) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, each) -> {
        StructuralSchema field = schema.field(String.valueOf(name));
        if (field != null) {
          boolean declared = schema.properties().containsKey(String.valueOf(name));
          validate(each, field, step(path, String.valueOf(name), declared), errors);
        }
      });
      return;
    }
    List<?> list = Trees.listOrNull(value);
    StructuralSchema items = schema.items();
    if (list == null || items == null || path == null) {
      return;
    }
    switch (schema.listType()) {
      case "set" -> unique(list, path, null, errors);
      case "map" -> unique(list, path, schema, errors);
      default -> {}
    }
    for (int i = 0; i < list.size(); i++) {
      validate(list.get(i), items, path.index(i), errors);
    }
  }

  private static FieldPath step(@Nullable FieldPath path, String name, boolean declared) {
    if (path == null) {
      return FieldPath.of(name);
    }
    return declared ? path.child(name) : path.key(name);
  }

  /// @param keyed the schema of a list with keys, null for a set
  private static void unique(
      List<?> list, FieldPath path, @Nullable StructuralSchema keyed, FieldErrors errors) {
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      Object named = keyed == null ? element : keys(element, keyed);
      if (!seen.add(Same.key(named))) {
        errors.duplicate(path.index(i), named);
      }
    }
  }

  private static Map<String, @Nullable Object> keys(
      @Nullable Object element, StructuralSchema schema) {
    Map<String, @Nullable Object> keys = new LinkedHashMap<>();
    for (String key : schema.listMapKeys()) {
      Object value = Trees.at(element, key);
      if (value != null) {
        keys.put(key, value);
      }
    }
    return keys;
  }
}
