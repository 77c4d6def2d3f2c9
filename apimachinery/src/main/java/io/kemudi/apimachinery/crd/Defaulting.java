package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Fills in what a custom object leaves out and its schema has a default for. A second run changes
/// nothing.
public final class Defaulting {
  private Defaulting() {}

  /// Changes the object in place. A null is dropped where the schema has a default and does not
  /// allow null, so that the default takes its place.
  public static void apply(Map<String, @Nullable Object> object, StructuralSchema schema) {
    object(object, schema);
  }

  private static void value(@Nullable Object value, StructuralSchema schema) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    if (map != null) {
      object(map, schema);
      return;
    }
    List<@Nullable Object> list = Trees.listOrNull(value);
    StructuralSchema items = schema.items();
    if (list != null && items != null) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) == null && items.hasDefault() && !items.isNullable()) {
          list.set(i, items.defaultValue());
        }
        value(list.get(i), items);
      }
    }
  }

  private static void object(Map<String, @Nullable Object> map, StructuralSchema schema) {
    schema
        .properties()
        .forEach((name, field) -> {
          if (field.hasDefault() && map.get(name) == null && !isWantedNull(map, name, field)) {
            map.put(name, field.defaultValue());
          }
          Object value = map.get(name);
          if (value != null) {
            value(value, field);
          }
        });
    StructuralSchema additional = schema.additionalProperties();
    if (additional != null) {
      for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
        if (entry.getValue() == null && additional.hasDefault() && !additional.isNullable()) {
          entry.setValue(additional.defaultValue());
        }
        if (entry.getValue() != null) {
          value(entry.getValue(), additional);
        }
      }
    }
  }

  private static boolean isWantedNull(
      Map<String, @Nullable Object> map, String name, StructuralSchema field) {
    return field.isNullable() && map.containsKey(name);
  }
}
