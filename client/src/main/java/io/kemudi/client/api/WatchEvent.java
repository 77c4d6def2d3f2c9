package io.kemudi.client.api;

/// What a watch reports.
public sealed interface WatchEvent<T> {
  record Added<T>(T object) implements WatchEvent<T> {}

  record Modified<T>(T object) implements WatchEvent<T> {}

  /// `object` is the last state, stamped with the revision of the deletion.
  record Deleted<T>(T object) implements WatchEvent<T> {}

  /// Every event up to this revision has been delivered.
  record Bookmark<T>(String resourceVersion) implements WatchEvent<T> {}

  /// A bookmark that also ends the initial objects.
  record InitialEventsEnd<T>(String resourceVersion) implements WatchEvent<T> {}
}
