package io.kemudi.store.feed;

import io.kemudi.store.Keys;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.store.StoreWatch.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The latest revisions of a store with their events, in memory, and the watches that read them.
///
/// Watches share the entries and keep only a cursor each, so one that lags costs nothing. What is
/// retained is bounded by [Bounds]; older revisions come from the store's own [History].
///
/// One thread at a time appends; everything else may be called from any thread.
public final class RevisionFeed {
  /// A poll looks at no more than this many events (semi-arbitrary), but at whole revisions.
  private static final int MAX_BATCH_EVENTS = 1000;

  /// How many revisions and bytes of values are retained, and how many revisions a watch that has
  /// caught up may fall behind.
  public record Bounds(int revisions, long bytes, int lag) {}

  /// Where revisions are read that the feed no longer holds.
  public interface History {
    /// Some events of `[start, end)` after `after`, whole revisions, at least one.
    ///
    /// @throws StoreException.Compacted when they are no longer kept
    Batch read(String start, String end, long after);
  }

  private record Entry(List<StoreEvent> events, long bytes) {}

  private final Bounds bounds;
  private final CopyOnWriteArrayList<FeedWatch> watches = new CopyOnWriteArrayList<>();

  // A ring of the entries of the revisions last-size+1 .. last; guarded by this.
  private @Nullable Entry[] ring = new Entry[64];
  private int head;
  private int size;
  private long bytes;
  private long last;

  /// A feed that continues after `last`.
  public RevisionFeed(long last, Bounds bounds) {
    this.last = last;
    this.bounds = bounds;
  }

  /// Adds the events of the revision after the last one. Call [#announce] afterwards, with no lock
  /// held.
  public synchronized void append(long revision, List<StoreEvent> events) {
    if (revision != last + 1) {
      throw new IllegalStateException("revision " + revision + " follows " + last);
    }
    if (size == ring.length) {
      grow();
    }
    var entry = new Entry(events, valueBytes(events));
    ring[(head + size) & (ring.length - 1)] = entry;
    size++;
    bytes += entry.bytes();
    last = revision;
    while (size > bounds.revisions() || (bytes > bounds.bytes() && size > 1)) {
      dropFirst();
    }
  }

  /// Forgets revisions up to and including `revision`.
  public synchronized void forget(long revision) {
    while (size > 0 && last - size < revision) {
      dropFirst();
    }
  }

  /// Tells every watch that there may be something to poll.
  public void announce() {
    for (FeedWatch watch : watches) {
      watch.signal();
    }
  }

  /// A watch that has read `afterRevision`.
  public StoreWatch watch(String start, String end, long afterRevision, History history) {
    var watch = new FeedWatch(this, history, start, end, afterRevision, last());
    watches.add(watch);
    return watch;
  }

  /// Ends all watches.
  public void end(StoreException reason) {
    for (FeedWatch watch : watches) {
      watch.end(reason);
    }
  }

  void remove(FeedWatch watch) {
    watches.remove(watch);
  }

  synchronized long last() {
    return last;
  }

  int maxLag() {
    return bounds.lag();
  }

  /// Whether the revision after `cursor` is no longer here.
  synchronized boolean hasForgotten(long cursor) {
    return cursor < last - size;
  }

  /// The events after `cursor`; null when there are none, or when they are no longer here.
  synchronized @Nullable Batch read(String start, String end, long cursor) {
    if (cursor >= last || hasForgotten(cursor)) {
      return null;
    }
    var events = new ArrayList<StoreEvent>();
    int seen = 0;
    while (cursor < last && seen < MAX_BATCH_EVENTS) {
      cursor++;
      for (StoreEvent event : entry(cursor).events()) {
        seen++;
        if (Keys.inRange(event.key(), start, end)) {
          events.add(event);
        }
      }
    }
    return new Batch(events, cursor);
  }

  private Entry entry(long revision) {
    int index = (int) (revision - (last - size) - 1);
    Entry entry = ring[(head + index) & (ring.length - 1)];
    if (entry == null) {
      throw new IllegalStateException("no entry for revision " + revision);
    }
    return entry;
  }

  private void dropFirst() {
    bytes -= entry(last - size + 1).bytes();
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
  }

  private void grow() {
    @Nullable Entry[] larger = new Entry[ring.length * 2];
    for (int i = 0; i < size; i++) {
      larger[i] = ring[(head + i) & (ring.length - 1)];
    }
    ring = larger;
    head = 0;
  }

  /// Counts each value once: the previous value of one event is the current one of an older event.
  private static long valueBytes(List<StoreEvent> events) {
    long sum = 0;
    for (StoreEvent event : events) {
      sum +=
          switch (event) {
            case StoreEvent.Put put -> put.current().value().length;
            case StoreEvent.Delete _ -> 0;
          };
    }
    return sum;
  }
}
