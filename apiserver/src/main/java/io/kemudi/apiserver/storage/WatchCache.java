package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.StoredObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All objects of one resource, and its recent changes: what lists and watches are served from.
///
/// One thread at a time writes ([CacheFeed]); any thread reads. A list takes the current
/// [Snapshot], which never changes, and locks nothing. The window holds recent changes, each with
/// the snapshot after it, so that the past can be listed and watches can begin in it. It is bounded
/// by number and weight; what falls out of it raises the floor.
///
/// Watchers are grouped by what they are found by: everything, one namespace, one object, one value
/// of the indexed field. A group's changes are one linked chain of batches that all its watchers
/// walk at their own pace, so a change costs one append per group however many watch it, and a
/// watcher that sees nothing of it costs nothing. A watcher whose place in the chain has fallen out
/// of the window is cut off, so that it cannot keep the chain alive.
public final class WatchCache {
  /// What the window may hold. A floor under both keeps small clusters resumable for hours.
  record Limits(int events, long weightBytes) {
    static final Limits DEFAULT = new Limits(10_000, 16L << 20);
  }

  private static final int CUT_OFF_EVERY = 256;

  private final String keyPrefix;
  private final boolean namespaced;
  private final @Nullable Function<StoredObject, String> index;
  private final Limits limits;
  private final Object lock = new Object();

  /// The newest snapshot; replaced under the lock.
  private volatile Snapshot current = new Snapshot(0, PersistentMap.empty(), PersistentMap.empty());

  /// Recent changes in order, guarded by the lock.
  private final ArrayDeque<Entry> window = new ArrayDeque<>();

  /// The state before the window's first entry, null when that was not seen.
  private @Nullable Snapshot base;

  private long floor;
  private boolean floorIsSplit;
  private long weight;
  private long appended;
  private long trimmed;

  /// Group name -> its chain, guarded by the lock. A group without watchers is removed.
  private final Map<String, WatchGroup> groups = new HashMap<>();

  private record Entry(CacheEvent event, @Nullable Snapshot after) {}

  WatchCache(
      String keyPrefix,
      boolean namespaced,
      @Nullable Function<StoredObject, String> index,
      Limits limits) {
    this.keyPrefix = keyPrefix;
    this.namespaced = namespaced;
    this.index = index;
    this.limits = limits;
  }

  public String keyPrefix() {
    return keyPrefix;
  }

  // ---- reading ----

  public @Nullable StoredObject get(String namespace, String name) {
    return current.byKey().get(namespaced ? namespace + "/" + name : name);
  }

  /// The same object as long as nothing changes.
  public Object state() {
    return current;
  }

  Snapshot snapshot() {
    return current;
  }

  boolean namespaced() {
    return namespaced;
  }

  public int size() {
    return current.byKey().size();
  }

  /// The state at a past revision that the feed has reached, when it is still known.
  Optional<Snapshot> at(long revision) {
    synchronized (lock) {
      if (revision < floor) {
        return Optional.empty();
      }
      Snapshot last = base;
      for (Entry entry : window) {
        if (entry.event.revision > revision) {
          return Optional.ofNullable(last);
        }
        last = entry.after;
      }
      return Optional.of(current);
    }
  }

  /// Whether the object is one of the selection's.
  boolean selects(Selection selection, StoredObject object) {
    return (selection.namespace().isEmpty() || selection.namespace().equals(object.namespace()))
        && (selection.name().isEmpty() || selection.name().equals(object.name()))
        && (selection.indexed() == null
            || index == null
            || selection.indexed().equals(index.apply(object)))
        && selection.accepts(object);
  }

  // ---- watching ----

  /// Begins a watch at the current state. The watcher first gets all selected objects when
  /// `initial`. `reached` is the revision that the feed had passed before this call.
  CacheWatch watchNow(CacheFeed feed, Selection selection, boolean initial, long reached) {
    synchronized (lock) {
      Snapshot state = current;
      long revision = Math.max(reached, state.revision());
      WatchGroup group = group(selection);
      CacheWatch watch =
          new CacheWatch(
              this,
              feed,
              group,
              selection,
              initial ? state.range(selection, namespaced, "") : null,
              List.of(),
              revision);
      group.add(watch);
      return watch;
    }
  }

  /// Begins a watch after `revision`. When several changes share that revision they are all given
  /// again: the watcher may have been cut off between them.
  ///
  /// @throws ApiException 410 when changes after `revision` are no longer known
  CacheWatch watchAfter(CacheFeed feed, Selection selection, long revision) {
    synchronized (lock) {
      if (revision < floor || revision == floor && floorIsSplit) {
        throw tooOld(revision);
      }
      WatchGroup group = group(selection);
      CacheWatch watch =
          new CacheWatch(this, feed, group, selection, null, changesAfter(revision), revision);
      group.add(watch);
      return watch;
    }
  }

  private ApiException tooOld(long revision) {
    return ApiException.expired("too old resource version: " + revision + " (" + floor + ")");
  }

  private List<CacheEvent> changesAfter(long revision) {
    List<CacheEvent> changes = new ArrayList<>();
    List<CacheEvent> same = new ArrayList<>();
    var newestFirst = window.descendingIterator();
    while (newestFirst.hasNext()) {
      CacheEvent event = newestFirst.next().event;
      if (event.revision < revision) {
        break;
      }
      (event.revision == revision ? same : changes).add(event);
    }
    if (same.size() > 1) {
      changes.addAll(same);
    }
    return changes.reversed();
  }

  private WatchGroup group(Selection selection) {
    return groups.computeIfAbsent(groupOf(selection), name -> new WatchGroup(name, appended));
  }

  private String groupOf(Selection selection) {
    if (selection.isOneObject(namespaced)) {
      return objectGroup(Snapshot.start(selection, namespaced));
    }
    if (selection.indexed() != null && index != null) {
      return indexGroup(selection.indexed());
    }
    return selection.namespace().isEmpty() ? EVERYTHING : namespaceGroup(selection.namespace());
  }

  private static final String EVERYTHING = "*";

  private static String objectGroup(String key) {
    return "object " + key;
  }

  private static String indexGroup(String value) {
    return "index " + value;
  }

  private static String namespaceGroup(String namespace) {
    return "namespace " + namespace;
  }

  void leave(CacheWatch watch) {
    synchronized (lock) {
      WatchGroup group = watch.group();
      group.remove(watch);
      if (group.isEmpty()) {
        groups.remove(group.name(), group);
      }
    }
  }

  List<CacheWatch> watches() {
    synchronized (lock) {
      List<CacheWatch> all = new ArrayList<>();
      groups.values().forEach(group -> all.addAll(group.watches()));
      return all;
    }
  }

  // ---- writing, by the feed ----

  /// Replaces everything by what the store held at `revision`. Changes before it are not known.
  void reset(PersistentMap<StoredObject> objects, long revision) {
    synchronized (lock) {
      window.clear();
      weight = 0;
      trimmed = appended;
      current = new Snapshot(revision, objects, indexed(objects));
      base = current;
      floor = revision;
      floorIsSplit = false;
    }
  }

  private @Nullable PersistentMap<StoredObject> indexed(PersistentMap<StoredObject> objects) {
    if (index == null) {
      return null;
    }
    PersistentMap<StoredObject> byIndex = PersistentMap.empty();
    for (var all = objects.all(); all.hasNext(); ) {
      String key = all.key();
      StoredObject object = all.next();
      byIndex = byIndex.put(Snapshot.indexKey(index.apply(object), key), object);
    }
    return byIndex;
  }

  /// Fills the window with changes from before the current state; `knownAfter` becomes the floor. A
  /// floor inside the history may split a revision, nothing before it is known. For a cache that
  /// nobody watches yet.
  void prepend(List<CacheEvent> past, long knownAfter) {
    synchronized (lock) {
      base = null;
      floor = knownAfter;
      floorIsSplit = knownAfter > 1 && knownAfter < current.revision();
      for (CacheEvent event : past) {
        push(new Entry(event, null));
      }
      trim();
    }
  }

  /// Applies the changes of one batch of the store, in order, none of a revision missing. Answers
  /// who may have something to do now; the caller wakes them without holding a lock.
  List<WatchGroup> apply(List<CacheEvent> events) {
    synchronized (lock) {
      Map<WatchGroup, List<CacheEvent>> touched = new LinkedHashMap<>();
      for (CacheEvent event : events) {
        current = changed(current, event);
        push(new Entry(event, current));
        collect(event, touched);
      }
      for (var entry : touched.entrySet()) {
        entry.getKey().append(entry.getValue(), appended);
      }
      trim();
      return List.copyOf(touched.keySet());
    }
  }

  private Snapshot changed(Snapshot from, CacheEvent event) {
    PersistentMap<StoredObject> byKey =
        event.after == null
            ? from.byKey().remove(event.key)
            : from.byKey().put(event.key, event.after);
    PersistentMap<StoredObject> byIndex = from.byIndex();
    if (index != null && byIndex != null) {
      String was = event.before == null ? null : index.apply(event.before);
      String is = event.after == null ? null : index.apply(event.after);
      if (was != null && !was.equals(is)) {
        byIndex = byIndex.remove(Snapshot.indexKey(was, event.key));
      }
      if (is != null && event.after != null) {
        byIndex = byIndex.put(Snapshot.indexKey(is, event.key), event.after);
      }
    }
    return new Snapshot(event.revision, byKey, byIndex);
  }

  private void collect(CacheEvent event, Map<WatchGroup, List<CacheEvent>> touched) {
    if (groups.isEmpty()) {
      return;
    }
    collect(EVERYTHING, event, touched);
    collect(objectGroup(event.key), event, touched);
    StoredObject any = event.after != null ? event.after : event.before;
    if (namespaced && any != null) {
      collect(namespaceGroup(any.namespace()), event, touched);
    }
    if (index != null) {
      String was = event.before == null ? null : index.apply(event.before);
      String is = event.after == null ? null : index.apply(event.after);
      if (was != null) {
        collect(indexGroup(was), event, touched);
      }
      if (is != null && !Objects.equals(was, is)) {
        collect(indexGroup(is), event, touched);
      }
    }
  }

  private void collect(String name, CacheEvent event, Map<WatchGroup, List<CacheEvent>> touched) {
    WatchGroup group = groups.get(name);
    if (group != null) {
      touched.computeIfAbsent(group, g -> new ArrayList<>()).add(event);
    }
  }

  private void push(Entry entry) {
    window.addLast(entry);
    weight += entry.event.weight();
    appended++;
  }

  /// Drops the oldest revisions until the window is within its limits. A revision goes as a whole.
  private void trim() {
    long before = trimmed;
    while (window.size() > limits.events || weight > limits.weightBytes && window.size() > 100) {
      Entry oldest = window.removeFirst();
      int ofRevision = 1;
      drop(oldest);
      while (!window.isEmpty() && window.getFirst().event.revision == oldest.event.revision) {
        drop(window.removeFirst());
        ofRevision++;
      }
      floor = oldest.event.revision;
      floorIsSplit = ofRevision > 1;
    }
    if (trimmed / CUT_OFF_EVERY != before / CUT_OFF_EVERY) {
      cutOffSlow();
    }
  }

  private void drop(Entry entry) {
    weight -= entry.event.weight();
    base = entry.after;
    trimmed++;
  }

  private void cutOffSlow() {
    for (WatchGroup group : groups.values()) {
      for (CacheWatch watch : group.watches()) {
        watch.cutOffIfBehind(trimmed);
      }
    }
  }

  /// Ends every watch with `why`, as when the store's history broke.
  void endAll(ApiException why) {
    for (CacheWatch watch : watches()) {
      watch.end(why);
    }
  }

  /// Ends every watch with `why`, each after the events that it has not seen yet: the last ones of
  /// a resource tell that its objects are gone.
  void endAllAfterAll(ApiException why) {
    for (CacheWatch watch : watches()) {
      watch.endAfterAll(why);
    }
  }

  public long floor() {
    synchronized (lock) {
      return floor;
    }
  }
}
