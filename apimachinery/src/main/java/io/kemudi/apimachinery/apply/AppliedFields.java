package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields that an applied configuration claims: its leaves, the elements of its lists, and the
/// objects that it has empty or null.
final class AppliedFields {
  private final FieldSet set = new FieldSet();
  private final List<PathElement> path = new ArrayList<>();

  private AppliedFields() {}

  static FieldSet of(Topology topology, @Nullable Object tree) {
    var fields = new AppliedFields();
    fields.collect(topology, tree);
    return fields.set;
  }

  private void collect(Topology topology, @Nullable Object value) {
    switch (topology.kind(value, value)) {
      case LEAF, UNTYPED -> set.insert(path);
      case STRUCT, MAP -> {
        Map<String, @Nullable Object> object = Trees.objectOrNull(value);
        if (object != null) {
          boolean entries = topology.kind() != Topology.Kind.STRUCT;
          object.forEach((key, item) -> part(topology, PathElement.field(key), item, entries));
        }
      }
      case SET, LIST_MAP -> {
        List<@Nullable Object> list = Trees.listOrNull(value);
        if (list != null) {
          list.forEach(item -> part(topology, topology.name(item), item, true));
        }
      }
    }
  }

  private void part(
      Topology topology, PathElement name, @Nullable Object value, boolean alwaysMember) {
    path.add(name);
    collect(topology.child(name), value);
    boolean empty = value == null || (value instanceof Map<?, ?> map && map.isEmpty());
    if (empty || alwaysMember) {
      set.insert(path);
    }
    path.removeLast();
  }
}
