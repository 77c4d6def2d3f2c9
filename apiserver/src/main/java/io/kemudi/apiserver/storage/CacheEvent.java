package io.kemudi.apiserver.storage;

import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectEvent.Type;
import io.kemudi.apiserver.registry.StoredObject;
import org.jspecify.annotations.Nullable;

/// One change of one object as the cache keeps it: what it was and what it is (null: absent). The
/// events that watchers see of it are made at most once each and shared.
final class CacheEvent {
  final String key;
  final long revision;
  final @Nullable StoredObject before;
  final @Nullable StoredObject after;
  private volatile @Nullable ObjectEvent added;
  private volatile @Nullable ObjectEvent modified;
  private volatile @Nullable ObjectEvent deleted;

  CacheEvent(
      String key, long revision, @Nullable StoredObject before, @Nullable StoredObject after) {
    this.key = key;
    this.revision = revision;
    this.before = before;
    this.after = after;
  }

  /// What a watcher of `selection` sees of this: entering the selection is an addition, leaving it
  /// a deletion. Null when it sees nothing.
  @Nullable ObjectEvent seenBy(Selection selection, WatchCache cache) {
    boolean was = before != null && cache.selects(selection, before);
    boolean is = after != null && cache.selects(selection, after);
    if (is) {
      return was ? modified() : added();
    }
    return was ? deleted() : null;
  }

  /// The event of a watcher that sees everything.
  ObjectEvent natural() {
    if (after == null) {
      return deleted();
    }
    return before == null ? added() : modified();
  }

  private ObjectEvent added() {
    ObjectEvent event = added;
    if (event == null) {
      event = event(Type.ADDED, after);
      added = event;
    }
    return event;
  }

  private ObjectEvent modified() {
    ObjectEvent event = modified;
    if (event == null) {
      event = event(Type.MODIFIED, after);
      modified = event;
    }
    return event;
  }

  private ObjectEvent deleted() {
    ObjectEvent event = deleted;
    if (event == null) {
      event = event(Type.DELETED, before == null ? null : stamped(before));
      deleted = event;
    }
    return event;
  }

  /// A deletion shows the last content under the revision of the deletion.
  private StoredObject stamped(StoredObject last) {
    return new StoredObject(
        last.form(),
        last.namespace(),
        last.name(),
        ObjectBytes.withRevision(last.bytes(), revision),
        revision);
  }

  private ObjectEvent event(Type type, @Nullable StoredObject object) {
    return new ObjectEvent(type, object, revision);
  }

  /// About how much memory this event holds that the snapshot does not.
  int weight() {
    return 100 + (before == null ? 0 : before.bytes().length);
  }
}
