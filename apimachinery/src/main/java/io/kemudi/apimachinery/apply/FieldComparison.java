package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which fields one object has that another lacks or has otherwise, by the rules of upstream's
/// structured-merge-diff: values that are owned whole are leaves, an object or list with parts is
/// itself added or removed only where the other side has nothing at all, not even null.
final class FieldComparison {
  private FieldSet added = new FieldSet();
  private FieldSet removed = new FieldSet();
  private FieldSet modified = new FieldSet();
  private final List<PathElement> path = new ArrayList<>();

  private FieldComparison() {}

  static FieldComparison of(Topology topology, @Nullable Object old, @Nullable Object now) {
    var comparison = new FieldComparison();
    comparison.compare(topology, old, now);
    return comparison;
  }

  /// Without the differences that the write cannot make.
  FieldComparison only(FieldFilter writable) {
    added = writable.filter(added);
    removed = writable.filter(removed);
    modified = writable.filter(modified);
    return this;
  }

  FieldSet added() {
    return added;
  }

  FieldSet removed() {
    return removed;
  }

  FieldSet changed() {
    return modified.union(added);
  }

  FieldSet modified() {
    return modified;
  }

  boolean isSame() {
    return added.isEmpty() && removed.isEmpty() && modified.isEmpty();
  }

  private void compare(Topology topology, @Nullable Object old, @Nullable Object now) {
    if (old == now) {
      return;
    }
    boolean parts =
        switch (topology.kind(old, now)) {
          case LEAF, UNTYPED -> false;
          case STRUCT, MAP -> objects(topology, Trees.objectOrNull(old), Trees.objectOrNull(now));
          case SET, LIST_MAP -> lists(topology, Trees.listOrNull(old), Trees.listOrNull(now));
        };
    if (old == Absent.ABSENT) {
      added.insert(path);
    } else if (now == Absent.ABSENT) {
      removed.insert(path);
    } else if (!parts && !equal(old, now)) {
      modified.insert(path);
    }
  }

  private static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue() && x.longValue() == y.longValue();
    }
    return Objects.equals(a, b);
  }

  /// Compares part by part; false when both are empty and so count as a whole.
  private boolean objects(
      Topology topology,
      @Nullable Map<String, @Nullable Object> old,
      @Nullable Map<String, @Nullable Object> now) {
    Map<String, @Nullable Object> before = old == null ? Map.of() : old;
    Map<String, @Nullable Object> after = now == null ? Map.of() : now;
    before.forEach((key, value) -> part(topology, PathElement.field(key), value, get(after, key)));
    after.forEach((key, value) -> {
      if (!before.containsKey(key)) {
        part(topology, PathElement.field(key), Absent.ABSENT, value);
      }
    });
    return !before.isEmpty() || !after.isEmpty();
  }

  private static @Nullable Object get(Map<String, @Nullable Object> map, String key) {
    Object value = map.get(key);
    return value != null || map.containsKey(key) ? value : Absent.ABSENT;
  }

  private boolean lists(
      Topology topology,
      @Nullable List<@Nullable Object> old,
      @Nullable List<@Nullable Object> now) {
    Map<PathElement, @Nullable Object> before = byName(topology, old);
    Map<PathElement, @Nullable Object> after = byName(topology, now);
    var names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (PathElement name : names) {
      part(
          topology,
          name,
          before.containsKey(name) ? before.get(name) : Absent.ABSENT,
          after.containsKey(name) ? after.get(name) : Absent.ABSENT);
    }
    return !names.isEmpty();
  }

  static Map<PathElement, @Nullable Object> byName(
      Topology topology, @Nullable List<@Nullable Object> list) {
    var named = new LinkedHashMap<PathElement, @Nullable Object>();
    if (list != null) {
      list.forEach(element -> named.put(topology.name(element), element));
    }
    return named;
  }

  private void part(
      Topology topology, PathElement name, @Nullable Object old, @Nullable Object now) {
    path.add(name);
    compare(topology.child(name), old, now);
    path.removeLast();
  }
}
