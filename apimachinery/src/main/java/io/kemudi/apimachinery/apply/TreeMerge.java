package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lays an applied configuration over a live object: parts are merged, leaves replaced, elements of
/// lists kept in an order that agrees with the configuration and otherwise with the live object.
final class TreeMerge {
  private TreeMerge() {}

  /// Shares parts with its arguments, which it leaves alone.
  static @Nullable Object merge(
      Topology topology, @Nullable Object live, @Nullable Object applied) {
    if (applied == Absent.ABSENT) {
      return live;
    }
    if (live == Absent.ABSENT || live == null) {
      return applied;
    }
    return switch (topology.kind(live, applied)) {
      case LEAF, UNTYPED -> applied;
      case STRUCT, MAP -> objects(topology, live, applied);
      case SET, LIST_MAP -> lists(topology, live, applied);
    };
  }

  private static @Nullable Object objects(
      Topology topology, Object live, @Nullable Object applied) {
    Map<String, @Nullable Object> before = Trees.objectOrNull(live);
    Map<String, @Nullable Object> change = Trees.objectOrNull(applied);
    if (before == null || before.isEmpty()) {
      return applied;
    }
    if (change == null) {
      return live; // null claims the field but takes nothing away
    }
    var merged = new LinkedHashMap<>(before);
    change.forEach((key, value) -> {
      Object known = before.containsKey(key) ? before.get(key) : Absent.ABSENT;
      merged.put(key, merge(topology.child(key), known, value));
    });
    return merged;
  }

  private static @Nullable Object lists(Topology topology, Object live, @Nullable Object applied) {
    Map<PathElement, @Nullable Object> before =
        FieldComparison.byName(topology, Trees.listOrNull(live));
    Map<PathElement, @Nullable Object> change =
        FieldComparison.byName(topology, Trees.listOrNull(applied));
    if (before.isEmpty()) {
      return applied;
    }
    var left = new ArrayList<>(before.keySet());
    var right = new ArrayList<>(change.keySet());
    List<PathElement> shared = right.stream().filter(before::containsKey).toList();
    var taken = new HashSet<PathElement>();
    var merged = new ArrayList<@Nullable Object>();
    int l = 0;
    int r = 0;
    int nextShared = 0;
    while (l < left.size() || r < right.size()) {
      PathElement name = l < left.size() ? left.get(l) : null;
      boolean both = name != null && r < right.size();
      boolean meet = both && name != null && name.equals(right.get(r));
      if (both && !meet && change.containsKey(name)) {
        // A shared element before its turn in the configuration: it is taken when that comes.
        if (nextShared < shared.size() && !shared.get(nextShared).equals(name)) {
          l++;
          continue;
        }
      }
      if (name != null && !change.containsKey(name)) {
        merged.add(before.get(name));
        l++;
        continue;
      }
      if (meet || (name != null && taken.contains(name))) {
        l++;
      }
      if (r < right.size()) {
        PathElement wanted = right.get(r++);
        taken.add(wanted);
        merged.add(mergeElement(topology, before, change, wanted));
        if (nextShared < shared.size() && shared.get(nextShared).equals(wanted)) {
          nextShared++;
        }
      }
    }
    return merged;
  }

  private static @Nullable Object mergeElement(
      Topology topology,
      Map<PathElement, @Nullable Object> before,
      Map<PathElement, @Nullable Object> change,
      PathElement name) {
    Object known = before.containsKey(name) ? before.get(name) : Absent.ABSENT;
    return merge(topology.child(name), known, change.get(name));
  }
}
