package io.kemudi.apiserver.storage;

import io.kemudi.apiserver.registry.StoredObject;
import org.jspecify.annotations.Nullable;

/// The objects of one resource as they were at `revision` (and until the resource's next change).
/// `byIndex` has the same objects under `value NUL key` of the indexed field; null without one.
record Snapshot(
    long revision,
    PersistentMap<StoredObject> byKey,
    @Nullable PersistentMap<StoredObject> byIndex) {
  static final char SEPARATOR = '\0';

  static String indexKey(String value, String key) {
    return value + SEPARATOR + key;
  }

  /// The part of the snapshot that can be found by key, in key order, from `from` on.
  PersistentMap.Cursor<StoredObject> range(Selection selection, boolean namespaced, String from) {
    String indexed = selection.indexed();
    if (indexed != null && byIndex != null && from.isEmpty() && selection.namespace().isEmpty()) {
      return byIndex.range(indexKey(indexed, ""), indexed + (char) (SEPARATOR + 1));
    }
    String start = start(selection, namespaced);
    return byKey.range(from.compareTo(start) > 0 ? from : start, end(selection, namespaced));
  }

  static String start(Selection selection, boolean namespaced) {
    if (selection.isOneObject(namespaced)) {
      return namespaced ? selection.namespace() + "/" + selection.name() : selection.name();
    }
    return selection.namespace().isEmpty() ? "" : selection.namespace() + "/";
  }

  static String end(Selection selection, boolean namespaced) {
    if (selection.isOneObject(namespaced)) {
      return start(selection, namespaced) + '\0';
    }
    return selection.namespace().isEmpty() ? "\uffff" : selection.namespace() + "0";
  }
}
