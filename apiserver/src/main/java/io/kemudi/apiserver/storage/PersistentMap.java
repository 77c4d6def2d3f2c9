package io.kemudi.apiserver.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// An immutable map ordered by key: a change makes a new map that shares all but one path of nodes
/// with the old one. Readers hold on to a map as long as they like and block nobody.
///
/// A B+ tree with small nodes. A change of one of 30,000 entries copies three nodes of at most 32
/// slots, about half a kilobyte. Nodes know how many entries are below them, so that the rank of a
/// key costs one descent. Nodes that shrink are merged with a neighbour when both fit into one.
final class PersistentMap<V> {
  private static final int WIDTH = 32;
  private static final PersistentMap<?> EMPTY = new PersistentMap<>(null);

  private final @Nullable Node<V> root;

  private PersistentMap(@Nullable Node<V> root) {
    this.root = root;
  }

  @SuppressWarnings("unchecked")
  static <V> PersistentMap<V> empty() {
    return (PersistentMap<V>) EMPTY;
  }

  /// A map of entries that are sorted by key without repetition.
  static <V> PersistentMap<V> ofSorted(List<String> keys, List<V> values) {
    List<Node<V>> level = new ArrayList<>();
    int fill = WIDTH * 3 / 4;
    for (int from = 0; from < keys.size(); from += fill) {
      int to = Math.min(from + fill, keys.size());
      level.add(
          new Leaf<>(
              keys.subList(from, to).toArray(String[]::new), values.subList(from, to).toArray()));
    }
    while (level.size() > 1) {
      List<Node<V>> above = new ArrayList<>();
      for (int from = 0; from < level.size(); from += fill) {
        above.add(inner(level.subList(from, Math.min(from + fill, level.size()))));
      }
      level = above;
    }
    return level.isEmpty() ? empty() : new PersistentMap<>(level.getFirst());
  }

  int size() {
    return root == null ? 0 : root.count();
  }

  @Nullable V get(String key) {
    return root == null ? null : root.get(key);
  }

  PersistentMap<V> put(String key, V value) {
    if (root == null) {
      return new PersistentMap<>(new Leaf<>(new String[] {key}, new Object[] {value}));
    }
    List<Node<V>> nodes = root.put(key, value);
    return new PersistentMap<>(nodes.size() == 1 ? nodes.getFirst() : inner(nodes));
  }

  /// The map without `key`; this map when it has no such key.
  PersistentMap<V> remove(String key) {
    if (root == null || root.get(key) == null) {
      return this;
    }
    Node<V> next = root.remove(key);
    while (next instanceof Inner<V> inner && inner.children.length == 1) {
      next = inner.children[0];
    }
    return next == null ? empty() : new PersistentMap<>(next);
  }

  /// How many keys are less than `key`.
  int rank(String key) {
    return root == null ? 0 : root.rank(key);
  }

  /// The values from the first key that is not less than `from`, up to but without `end`.
  Cursor<V> range(String from, String end) {
    return new Cursor<>(root, from, end);
  }

  Cursor<V> all() {
    return range("", "\uffff");
  }

  /// Walks a range in order. Not thread-safe.
  static final class Cursor<V> implements Iterator<V> {
    private final List<Inner<V>> path = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private final String end;
    private @Nullable Leaf<V> leaf;
    private int at;

    private Cursor(@Nullable Node<V> root, String from, String end) {
      this.end = end;
      Node<V> node = root;
      while (node instanceof Inner<V> inner) {
        int child = inner.childOf(from);
        path.add(inner);
        positions.add(child);
        node = inner.children[child];
      }
      if (node instanceof Leaf<V> first) {
        leaf = first;
        int found = Arrays.binarySearch(first.keys, from);
        at = found < 0 ? -found - 1 : found;
        settle();
      }
    }

    /// The key of the value that [#next] gives.
    String key() {
      if (leaf == null) {
        throw new NoSuchElementException();
      }
      return leaf.keys[at];
    }

    @Override
    public boolean hasNext() {
      return leaf != null;
    }

    @Override
    @SuppressWarnings("unchecked")
    public V next() {
      if (leaf == null) {
        throw new NoSuchElementException();
      }
      V value = (V) leaf.values[at++];
      settle();
      return value;
    }

    /// Moves on to the next leaf where this one is used up, and ends at the end of the range.
    private void settle() {
      while (leaf != null && at >= leaf.keys.length) {
        leaf = nextLeaf();
        at = 0;
      }
      if (leaf != null && leaf.keys[at].compareTo(end) >= 0) {
        leaf = null;
      }
    }

    private @Nullable Leaf<V> nextLeaf() {
      int depth = path.size() - 1;
      while (depth >= 0 && positions.get(depth) + 1 >= path.get(depth).children.length) {
        depth--;
      }
      if (depth < 0) {
        return null;
      }
      positions.set(depth, positions.get(depth) + 1);
      Node<V> node = path.get(depth).children[positions.get(depth)];
      while (node instanceof Inner<V> inner) {
        depth++;
        path.set(depth, inner);
        positions.set(depth, 0);
        node = inner.children[0];
      }
      return (Leaf<V>) node;
    }
  }

  private sealed interface Node<V> {
    String first();

    int count();

    int slots();

    @Nullable V get(String key);

    /// One node, or two when it had to be split.
    List<Node<V>> put(String key, V value);

    /// Without a key that is there; null when nothing is left.
    @Nullable Node<V> remove(String key);

    int rank(String key);
  }

  private static final class Leaf<V> implements Node<V> {
    final String[] keys;
    final Object[] values;

    Leaf(String[] keys, Object[] values) {
      this.keys = keys;
      this.values = values;
    }

    @Override
    public String first() {
      return keys[0];
    }

    @Override
    public int count() {
      return keys.length;
    }

    @Override
    public int slots() {
      return keys.length;
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable V get(String key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? null : (V) values[at];
    }

    @Override
    public List<Node<V>> put(String key, V value) {
      int at = Arrays.binarySearch(keys, key);
      if (at >= 0) {
        Object[] changed = values.clone();
        changed[at] = value;
        return List.of(new Leaf<>(keys, changed));
      }
      String[] nextKeys = insert(keys, new String[keys.length + 1], -at - 1, key);
      Object[] nextValues = insert(values, new Object[keys.length + 1], -at - 1, value);
      if (nextKeys.length <= WIDTH) {
        return List.of(new Leaf<>(nextKeys, nextValues));
      }
      // Keys often come in order (names with a counter): a full leaf at the right keeps its keys.
      int half = at == -keys.length - 1 ? WIDTH * 7 / 8 : nextKeys.length / 2;
      return List.of(
          part(nextKeys, nextValues, 0, half), part(nextKeys, nextValues, half, WIDTH + 1));
    }

    private static <V> Leaf<V> part(String[] keys, Object[] values, int from, int to) {
      return new Leaf<>(Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to));
    }

    @Override
    public @Nullable Node<V> remove(String key) {
      if (keys.length == 1) {
        return null;
      }
      int at = Arrays.binarySearch(keys, key);
      return new Leaf<>(
          delete(keys, new String[keys.length - 1], at),
          delete(values, new Object[keys.length - 1], at));
    }

    @Override
    public int rank(String key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? -at - 1 : at;
    }
  }

  private static final class Inner<V> implements Node<V> {
    final String[] firsts;
    final Node<V>[] children;
    private final int count;

    Inner(String[] firsts, Node<V>[] children, int count) {
      this.firsts = firsts;
      this.children = children;
      this.count = count;
    }

    int childOf(String key) {
      int at = Arrays.binarySearch(firsts, key);
      return at >= 0 ? at : Math.max(0, -at - 2);
    }

    @Override
    public String first() {
      return firsts[0];
    }

    @Override
    public int count() {
      return count;
    }

    @Override
    public int slots() {
      return children.length;
    }

    @Override
    public @Nullable V get(String key) {
      return children[childOf(key)].get(key);
    }

    @Override
    public List<Node<V>> put(String key, V value) {
      int at = childOf(key);
      List<Node<V>> nodes = replaced(at, children[at].put(key, value));
      if (nodes.size() <= WIDTH) {
        return List.of(inner(nodes));
      }
      int half = at == children.length - 1 ? WIDTH * 7 / 8 : nodes.size() / 2;
      return List.of(inner(nodes.subList(0, half)), inner(nodes.subList(half, nodes.size())));
    }

    @Override
    public @Nullable Node<V> remove(String key) {
      int at = childOf(key);
      Node<V> child = children[at].remove(key);
      List<Node<V>> nodes = replaced(at, child == null ? List.of() : List.of(child));
      if (nodes.isEmpty()) {
        return null;
      }
      if (child != null && nodes.size() > 1 && child.slots() < WIDTH / 4) {
        mergeSmall(nodes, at == nodes.size() - 1 ? at - 1 : at);
      }
      return inner(nodes);
    }

    private List<Node<V>> replaced(int at, List<Node<V>> by) {
      List<Node<V>> nodes = new ArrayList<>(children.length + 1);
      for (int i = 0; i < children.length; i++) {
        if (i == at) {
          nodes.addAll(by);
        } else {
          nodes.add(children[i]);
        }
      }
      return nodes;
    }

    /// Makes one of the nodes at `at` and after it where they fit into one.
    private static <V> void mergeSmall(List<Node<V>> nodes, int at) {
      Node<V> left = nodes.get(at);
      Node<V> right = nodes.get(at + 1);
      if (left.slots() + right.slots() > WIDTH * 3 / 4) {
        return;
      }
      Node<V> merged;
      if (left instanceof Leaf<V> a && right instanceof Leaf<V> b) {
        merged =
            new Leaf<>(
                concat(a.keys, b.keys, new String[a.keys.length + b.keys.length]),
                concat(a.values, b.values, new Object[a.keys.length + b.keys.length]));
      } else {
        List<Node<V>> both = new ArrayList<>(List.of(((Inner<V>) left).children));
        both.addAll(List.of(((Inner<V>) right).children));
        merged = inner(both);
      }
      nodes.set(at, merged);
      nodes.remove(at + 1);
    }

    @Override
    public int rank(String key) {
      int at = childOf(key);
      int before = 0;
      for (int i = 0; i < at; i++) {
        before += children[i].count();
      }
      return before + children[at].rank(key);
    }
  }

  @SuppressWarnings("unchecked")
  private static <V> Inner<V> inner(List<Node<V>> nodes) {
    String[] firsts = new String[nodes.size()];
    int count = 0;
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = nodes.get(i).first();
      count += nodes.get(i).count();
    }
    return new Inner<>(firsts, nodes.toArray(new Node[0]), count);
  }

  private static <T> T[] insert(T[] from, T[] into, int at, T element) {
    System.arraycopy(from, 0, into, 0, at);
    into[at] = element;
    System.arraycopy(from, at, into, at + 1, from.length - at);
    return into;
  }

  private static <T> T[] delete(T[] from, T[] into, int at) {
    System.arraycopy(from, 0, into, 0, at);
    System.arraycopy(from, at + 1, into, at, into.length - at);
    return into;
  }

  private static <T> T[] concat(T[] left, T[] right, T[] into) {
    System.arraycopy(left, 0, into, 0, left.length);
    System.arraycopy(right, 0, into, left.length, right.length);
    return into;
  }
}
