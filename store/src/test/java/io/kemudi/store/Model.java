package io.kemudi.store;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The store as one would explain it: the whole content after every revision, as text. Keys and
/// values are small; nothing is ever forgotten.
final class Model {
  record Pair(String value, long created, long modified, long version) {}

  /// By revision, counted from the one before the first write.
  private final List<TreeMap<String, Pair>> states = new ArrayList<>();

  private final List<List<String>> events = new ArrayList<>();
  private final long origin;

  Model(long origin) {
    this.origin = origin;
    states.add(new TreeMap<>(Keys.ORDER));
    events.add(List.of());
  }

  long revision() {
    return origin + states.size() - 1;
  }

  TreeMap<String, Pair> at(long revision) {
    return states.get((int) (revision - origin));
  }

  boolean holds(Txn txn, long revision) {
    for (Txn.Condition condition : txn.conditions()) {
      Pair pair = at(revision).get(condition.key());
      if ((pair == null ? 0 : pair.modified()) != condition.modRevision()) {
        return false;
      }
    }
    return true;
  }

  /// Whether the writes of `txn` would change anything now.
  boolean changes(Txn txn) {
    return txn.writes().stream()
        .anyMatch(write -> write instanceof Txn.Put || at(revision()).containsKey(write.key()));
  }

  void apply(Txn txn) {
    long next = revision() + 1;
    var state = new TreeMap<>(at(revision()));
    var happened = new ArrayList<String>();
    for (Txn.Write write : txn.writes()) {
      Pair old = state.get(write.key());
      switch (write) {
        case Txn.Put put -> {
          String value = StoreContract.text(put.value());
          var pair =
              new Pair(
                  value,
                  old == null ? next : old.created(),
                  next,
                  old == null ? 1 : old.version() + 1);
          state.put(put.key(), pair);
          happened.add(describe(next, put.key(), pair, old));
        }
        case Txn.Delete delete -> {
          if (state.remove(delete.key()) != null) {
            happened.add(describe(next, delete.key(), null, old));
          }
        }
      }
    }
    states.add(state);
    events.add(happened);
  }

  /// What a watch from `after` on must have told up to and including `until`.
  List<String> events(long after, long until) {
    var all = new ArrayList<String>();
    for (long revision = after + 1; revision <= until; revision++) {
      all.addAll(events.get((int) (revision - origin)));
    }
    return all;
  }

  static String describe(StoreEvent event) {
    Pair current = event instanceof StoreEvent.Put put ? pair(put.current()) : null;
    KeyValue previous = event.previous();
    return describe(
        event.revision(), event.key(), current, previous == null ? null : pair(previous));
  }

  static Pair pair(KeyValue pair) {
    return new Pair(
        StoreContract.text(pair.value()),
        pair.createRevision(),
        pair.modRevision(),
        pair.version());
  }

  private static String describe(
      long revision, String key, @Nullable Pair current, @Nullable Pair previous) {
    return "%d %s: %s -> %s".formatted(revision, key, previous, current);
  }
}
