package io.kemudi.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The watchers that are found by the same thing, and the chain of batches that they walk. Changed
/// under the cache's lock; the chain is read without it.
final class WatchGroup {
  /// A revision is never split between batches; a batch of more events than this may be cut between
  /// revisions.
  private static final int MAX_BATCH = 500;

  /// A batch of changes and, in time, the next. `position` counts the cache's changes up to the end
  /// of the batch.
  static final class Link {
    final CacheEvent[] events;
    final long position;
    volatile @Nullable Link next;

    Link(CacheEvent[] events, long position) {
      this.events = events;
      this.position = position;
    }
  }

  private final String name;
  private Link tail;
  private volatile CacheWatch[] watches = new CacheWatch[0];

  WatchGroup(String name, long position) {
    this.name = name;
    this.tail = new Link(new CacheEvent[0], position);
  }

  String name() {
    return name;
  }

  Link tail() {
    return tail;
  }

  void append(List<CacheEvent> events, long position) {
    int from = 0;
    for (int to = 1; to <= events.size(); to++) {
      boolean last = to == events.size();
      if (last
          || to - from >= MAX_BATCH && events.get(to).revision != events.get(to - 1).revision) {
        Link link = new Link(events.subList(from, to).toArray(CacheEvent[]::new), position);
        tail.next = link;
        tail = link;
        from = to;
      }
    }
  }

  void add(CacheWatch watch) {
    List<CacheWatch> next = new ArrayList<>(List.of(watches));
    next.add(watch);
    watches = next.toArray(CacheWatch[]::new);
  }

  void remove(CacheWatch watch) {
    List<CacheWatch> next = new ArrayList<>(List.of(watches));
    next.remove(watch);
    watches = next.toArray(CacheWatch[]::new);
  }

  boolean isEmpty() {
    return watches.length == 0;
  }

  List<CacheWatch> watches() {
    return List.of(watches);
  }

  void wake() {
    for (CacheWatch watch : watches) {
      watch.wake();
    }
  }
}
