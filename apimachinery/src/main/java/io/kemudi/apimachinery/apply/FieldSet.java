package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A set of paths into objects, as a tree: a node is the set of the paths that begin with its own,
/// which itself may be a member or not. Its form as a tree of JSON is FieldsV1. Not thread-safe;
/// the operations return new sets and leave their operands alone.
public final class FieldSet {
  /// The JSON key that makes the path of a node with children a member.
  private static final String SELF = ".";

  private boolean member;

  /// FieldsV1 of this node whose children nobody has asked for yet: most of what owners own no
  /// write touches, and it is written back as it was read. Null once `children` is filled.
  private @Nullable Map<String, @Nullable Object> unread;

  private final TreeMap<PathElement, FieldSet> children = new TreeMap<>();

  /// The set of the given paths of field names and all below them: `of("status")`,
  /// `of("spec.replicas")`.
  public static FieldSet of(String... paths) {
    var set = new FieldSet();
    for (String path : paths) {
      FieldSet node = set;
      for (String name : path.split("\\.")) {
        node = node.child(PathElement.field(name));
      }
      node.member = true;
    }
    return set;
  }

  /// Reads FieldsV1. The tree must not change afterwards; that it is well-formed shows only as far
  /// as the set is looked into.
  static FieldSet fromTree(Map<String, @Nullable Object> fields) {
    var set = new FieldSet();
    set.member = fields.containsKey(SELF);
    set.unread = fields;
    return set;
  }

  /// Refuses FieldsV1 that is malformed anywhere.
  ///
  /// @throws io.kemudi.apimachinery.codec.CodecException naming what is wrong
  static void check(Map<String, @Nullable Object> fields) {
    fields.forEach((key, value) -> {
      if (!key.equals(SELF)) {
        PathElement.parse(key);
        check(Trees.object(value, key));
      }
    });
  }

  private TreeMap<PathElement, FieldSet> children() {
    Map<String, @Nullable Object> fields = unread;
    if (fields != null) {
      unread = null;
      fields.forEach((key, value) -> {
        if (!key.equals(SELF)) {
          Map<String, @Nullable Object> below = Trees.object(value, key);
          FieldSet child = fromTree(below);
          child.member |= below.isEmpty();
          children.put(PathElement.parse(key), child);
        }
      });
    }
    return children;
  }

  /// The set as FieldsV1, in upstream's order.
  public Map<String, @Nullable Object> toTree() {
    if (unread != null) {
      return unread;
    }
    var tree = new LinkedHashMap<String, @Nullable Object>();
    if (member && !children.isEmpty()) {
      tree.put(SELF, new LinkedHashMap<>());
    }
    children.forEach((element, child) -> tree.put(element.text(), child.toTree()));
    return tree;
  }

  public boolean isEmpty() {
    return !member && (unread == null ? children.isEmpty() : unread.isEmpty());
  }

  void insert(List<PathElement> path) {
    FieldSet node = this;
    for (PathElement element : path) {
      node = node.child(element);
    }
    node.member = true;
  }

  private FieldSet child(PathElement element) {
    return children().computeIfAbsent(element, _ -> new FieldSet());
  }

  /// Whether the path of these field names is a member.
  boolean has(String... names) {
    FieldSet node = this;
    for (String name : names) {
      FieldSet child = node.children().get(PathElement.field(name));
      if (child == null) {
        return false;
      }
      node = child;
    }
    return node.member;
  }

  /// Whether the path of one element is a member.
  boolean has(PathElement element) {
    FieldSet child = children().get(element);
    return child != null && child.member;
  }

  /// The paths below an element; null when there are none.
  @Nullable FieldSet below(PathElement element) {
    return children().get(element);
  }

  FieldSet union(FieldSet other) {
    var result = new FieldSet();
    result.member = member || other.member;
    children()
        .forEach((element, child) -> {
          FieldSet twin = other.children().get(element);
          result.children.put(element, twin == null ? child : child.union(twin));
        });
    other.children().forEach(result.children::putIfAbsent);
    return result;
  }

  FieldSet intersection(FieldSet other) {
    var result = new FieldSet();
    result.member = member && other.member;
    children()
        .forEach((element, child) -> {
          FieldSet twin = other.children().get(element);
          if (twin != null) {
            result.putUnlessEmpty(element, child.intersection(twin));
          }
        });
    return result;
  }

  FieldSet difference(FieldSet other) {
    var result = new FieldSet();
    result.member = member && !other.member;
    children()
        .forEach((element, child) -> {
          FieldSet twin = other.children().get(element);
          result.putUnlessEmpty(element, twin == null ? child : child.difference(twin));
        });
    return result;
  }

  /// Without the members of `other` and everything below them.
  FieldSet without(FieldSet other) {
    var result = new FieldSet();
    result.member = member && !other.member;
    children()
        .forEach((element, child) -> {
          FieldSet twin = other.children().get(element);
          if (twin == null) {
            result.children.put(element, child);
          } else if (!twin.member) {
            result.putUnlessEmpty(element, child.without(twin));
          }
        });
    return result;
  }

  /// The members on the way to the given paths, at their ends and below. See [FieldFilter].
  FieldSet along(List<List<String>> paths) {
    var result = new FieldSet();
    result.member = member;
    children()
        .forEach((element, child) -> {
          List<List<String>> rest = FieldFilter.below(paths, element);
          if (rest == null) {
            result.children.put(element, child);
          } else if (!rest.isEmpty()) {
            result.putUnlessEmpty(element, child.along(rest));
          }
        });
    return result;
  }

  private void putUnlessEmpty(PathElement element, FieldSet child) {
    if (!child.isEmpty()) {
      children.put(element, child);
    }
  }

  /// With the fields of structures that have members below them made members too, so that removing
  /// the set's members from an object leaves no empty structures.
  FieldSet withNamedFields(Topology topology) {
    var result = new FieldSet();
    result.member = member;
    children()
        .forEach((element, child) -> {
          FieldSet completed = child.withNamedFields(topology.child(element));
          completed.member |= !child.children().isEmpty() && topology.declares(element);
          result.children.put(element, completed);
        });
    return result;
  }

  /// All members as conflicts show paths; a node's members come before those further down.
  List<String> paths() {
    var paths = new ArrayList<String>();
    collect("", paths);
    return paths;
  }

  private void collect(String prefix, List<String> paths) {
    children()
        .forEach((element, child) -> {
          if (child.member) {
            paths.add(prefix + element.shown());
          }
        });
    children().forEach((element, child) -> child.collect(prefix + element.shown(), paths));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldSet set
        && member == set.member
        && children().equals(set.children());
  }

  @Override
  public int hashCode() {
    return children().hashCode() * 2 + (member ? 1 : 0);
  }

  @Override
  public String toString() {
    return paths().toString();
  }
}
