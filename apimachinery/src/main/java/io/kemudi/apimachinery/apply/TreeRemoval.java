package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes fields out of objects.
final class TreeRemoval {
  private TreeRemoval() {}

  /// The value without the members of a set; an object or list that loses its last part is null.
  /// Shares parts with its argument, which it leaves alone.
  static @Nullable Object remove(Topology topology, @Nullable Object value, FieldSet fields) {
    return switch (topology.kind(value, value)) {
      case LEAF, UNTYPED -> value;
      case STRUCT, MAP -> {
        Map<String, @Nullable Object> object = Trees.objectOrNull(value);
        yield object == null || object.isEmpty() ? value : object(topology, object, fields);
      }
      case SET, LIST_MAP -> {
        List<@Nullable Object> list = Trees.listOrNull(value);
        yield list == null || list.isEmpty() ? value : list(topology, list, fields);
      }
    };
  }

  private static @Nullable Object object(
      Topology topology, Map<String, @Nullable Object> object, FieldSet fields) {
    var kept = new LinkedHashMap<String, @Nullable Object>();
    object.forEach((key, value) -> {
      PathElement name = PathElement.field(key);
      if (!fields.has(name)) {
        kept.put(key, part(topology, name, value, fields));
      }
    });
    return kept.isEmpty() ? null : kept;
  }

  private static @Nullable Object list(
      Topology topology, List<@Nullable Object> list, FieldSet fields) {
    var kept = new ArrayList<@Nullable Object>();
    for (Object value : list) {
      PathElement name = topology.name(value);
      if (!fields.has(name)) {
        kept.add(part(topology, name, value, fields));
      }
    }
    return kept.isEmpty() ? null : kept;
  }

  private static @Nullable Object part(
      Topology topology, PathElement name, @Nullable Object value, FieldSet fields) {
    FieldSet below = fields.below(name);
    return below == null ? value : remove(topology.child(name), value, below);
  }
}
