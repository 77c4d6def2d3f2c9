package io.kemudi.store.feed;

import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.store.feed.RevisionFeed.History;
import org.jspecify.annotations.Nullable;

/// A cursor over a [RevisionFeed], over the store's history before it.
final class FeedWatch implements StoreWatch {
  private final RevisionFeed feed;
  private final History history;
  private final String start;
  private final String end;

  /// What had happened when the watch began: up to here it is catching up, at its own pace.
  private final long liveFrom;

  private volatile @Nullable Runnable listener;
  private volatile @Nullable StoreException ended;

  // Touched by the polling thread only.
  private long cursor;

  FeedWatch(
      RevisionFeed feed, History history, String start, String end, long cursor, long liveFrom) {
    this.feed = feed;
    this.history = history;
    this.start = start;
    this.end = end;
    this.cursor = cursor;
    this.liveFrom = liveFrom;
  }

  @Override
  public @Nullable Batch poll() {
    throwIfEnded();
    boolean live = cursor >= liveFrom;
    if (live && feed.last() - cursor > feed.maxLag()) {
      throw endSlow();
    }
    Batch batch = feed.read(start, end, cursor);
    if (batch == null && feed.hasForgotten(cursor)) {
      if (live) {
        throw endSlow();
      }
      batch = readHistory();
    }
    if (batch != null) {
      cursor = batch.revision();
    }
    return batch;
  }

  private Batch readHistory() {
    try {
      return history.read(start, end, cursor);
    } catch (StoreException e) {
      end(e);
      throw e;
    }
  }

  private StoreException endSlow() {
    var slow =
        new StoreException.SlowWatcher(
            "the watch of %s fell %d revisions behind".formatted(start, feed.last() - cursor));
    end(slow);
    return slow;
  }

  private void throwIfEnded() {
    StoreException reason = ended;
    if (reason != null) {
      throw reason;
    }
  }

  @Override
  public void onReady(Runnable listener) {
    this.listener = listener;
    listener.run();
  }

  void signal() {
    Runnable current = listener;
    if (current != null) {
      current.run();
    }
  }

  void end(StoreException reason) {
    feed.remove(this);
    if (ended == null) {
      ended = reason;
    }
    signal();
  }

  @Override
  public void close() {
    end(new StoreException.Unavailable("the watch of " + start + " is closed", null));
  }
}
