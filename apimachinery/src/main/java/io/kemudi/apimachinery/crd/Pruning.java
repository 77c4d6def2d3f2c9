package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Drops the fields of a custom object that its schema does not know.
public final class Pruning {
  private static final List<String> TYPE_META = List.of("apiVersion", "kind", "metadata");

  private final List<String> dropped = new ArrayList<>();

  private Pruning() {}

  /// Changes the object in place.
  ///
  /// @return the paths of what was dropped, such as `spec.a[0].b`, in the order of the object
  public static List<String> prune(Map<String, @Nullable Object> object, StructuralSchema schema) {
    Pruning pruning = new Pruning();
    pruning.object(object, schema, "", true);
    return pruning.dropped;
  }

  private void value(@Nullable Object value, StructuralSchema schema, String path) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    if (map != null) {
      object(map, schema, path, schema.isEmbeddedResource());
      return;
    }
    List<?> list = Trees.listOrNull(value);
    StructuralSchema items = schema.items();
    if (list != null && items != null) {
      for (int i = 0; i < list.size(); i++) {
        value(list.get(i), items, path + "[" + i + "]");
      }
    }
  }

  private void object(
      Map<String, @Nullable Object> map, StructuralSchema schema, String path, boolean resource) {
    for (Iterator<Map.Entry<String, @Nullable Object>> all = map.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<String, @Nullable Object> entry = all.next();
      String name = entry.getKey();
      String at = path.isEmpty() ? name : path + "." + name;
      if (resource && TYPE_META.contains(name)) {
        continue; // known of every resource
      }
      StructuralSchema field = schema.field(name);
      if (field != null) {
        value(entry.getValue(), field, at);
      } else if (!schema.preservesUnknownFields() && !schema.allowsAdditional()) {
        all.remove();
        dropped.add(at);
      }
    }
  }
}
