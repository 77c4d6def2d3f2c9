package io.kemudi.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stream of events, in etcd's words: ordered by revision, unique, atomic (the events of one
/// revision come in one batch), reliable (none is missing), resumable (from any revision that is
/// kept) and bookmarkable (a batch may be empty and only carry progress).
///
/// History is handed out as fast as it is polled. A consumer that has caught up and then falls too
/// far behind is ended with [StoreException.SlowWatcher]; nothing is buffered without bound. One
/// thread polls; [#close] may come from any.
public interface StoreWatch extends AutoCloseable {
  /// The next batch, or null when there is none yet. Never waits for events, but may read history
  /// from a disk.
  ///
  /// @throws StoreException when the watch has ended: [StoreException.Compacted],
  ///   [StoreException.SlowWatcher] or [StoreException.Unavailable] (also after [#close]). It then
  ///   throws for ever; a new watch from the last batch's revision continues without loss.
  @Nullable Batch poll();

  /// Has `listener` called whenever [#poll] may have something to give, and once now if it may
  /// already. It is called on any thread, must not block, and may be called needlessly. The end of
  /// the watch is announced too.
  void onReady(Runnable listener);

  @Override
  void close();

  /// All events up to and including `revision` that were not in an earlier batch. Every event of a
  /// revision is in the same batch; a batch may span several revisions.
  record Batch(List<StoreEvent> events, long revision) {}
}
