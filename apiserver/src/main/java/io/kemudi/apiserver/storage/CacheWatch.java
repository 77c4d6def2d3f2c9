package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.ObjectEvent;
import io.kemudi.apiserver.registry.ObjectEvent.Type;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.StoredObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One watcher's walk: first the objects of a snapshot (when it asked for them), then what the
/// window held, then its group's chain. Holds no events of its own.
final class CacheWatch implements ObjectWatch {
  private static final int INITIAL_BATCH = 500;

  private final WatchCache cache;
  private final CacheFeed feed;
  private final WatchGroup group;
  private final Selection selection;

  /// Touched by the polling thread only.
  private @Nullable Iterator<StoredObject> initial;

  private List<CacheEvent> backlog;
  private long revision;
  private boolean endOfInitialDue;

  /// Where the watch began: a bookmark that says no more than that is not sent.
  private long began;

  private volatile WatchGroup.Link place;
  private volatile boolean bookmarks;
  private volatile boolean bookmarkDue;
  private volatile long bookmarkedAtNs;
  private volatile @Nullable ApiException ended;
  private volatile @Nullable ApiException last; // what comes after all events there are
  private volatile @Nullable Runnable listener;
  private final AtomicBoolean awake = new AtomicBoolean();

  CacheWatch(
      WatchCache cache,
      CacheFeed feed,
      WatchGroup group,
      Selection selection,
      @Nullable Iterator<StoredObject> initial,
      List<CacheEvent> backlog,
      long revision) {
    this.cache = cache;
    this.feed = feed;
    this.group = group;
    this.selection = selection;
    this.initial = initial;
    this.backlog = backlog;
    this.revision = revision;
    this.began = revision;
    this.place = group.tail();
    this.bookmarkedAtNs = feed.nanoTime();
  }

  /// Before the first poll: whether bookmarks come, and whether one marks the end of the initial
  /// objects.
  CacheWatch withBookmarks(boolean periodic, boolean endOfInitial) {
    bookmarks = periodic;
    endOfInitialDue = endOfInitial;
    return this;
  }

  WatchGroup group() {
    return group;
  }

  @Override
  public List<ObjectEvent> poll() {
    awake.set(false);
    ApiException end = ended;
    if (end != null) {
      throw end;
    }
    List<ObjectEvent> events = new ArrayList<>();
    if (initial != null) {
      pollInitial(initial, events);
    } else if (!backlog.isEmpty()) {
      List<CacheEvent> past = backlog;
      backlog = List.of();
      see(past, Long.MIN_VALUE, events);
    } else {
      pollChain(events);
    }
    if (bookmarkDue && events.isEmpty() && initial == null) {
      ObjectEvent bookmark = lastBookmark();
      if (revision > began) {
        events.add(bookmark);
      }
    }
    ApiException after = last;
    if (after != null && events.isEmpty()) {
      if (initial == null && backlog.isEmpty() && place.next == null) {
        end(after);
        throw after;
      }
      wake();
    }
    return events;
  }

  private void pollInitial(Iterator<StoredObject> objects, List<ObjectEvent> events) {
    while (objects.hasNext() && events.size() < INITIAL_BATCH) {
      StoredObject object = objects.next();
      if (cache.selects(selection, object)) {
        events.add(ObjectEvent.of(Type.ADDED, object));
      }
    }
    if (!objects.hasNext()) {
      initial = null;
      if (endOfInitialDue) {
        events.add(new ObjectEvent(Type.INITIAL_EVENTS_END, null, revision));
      }
    }
    wake();
  }

  /// Takes what is in the chain until there is something to show. The revision that the feed has
  /// passed is read first: if the chain is empty then, everything up to it has been seen.
  private void pollChain(List<ObjectEvent> events) {
    long passed = feed.revision();
    WatchGroup.Link next = place.next;
    while (next != null && events.isEmpty()) {
      see(List.of(next.events), revision, events);
      place = next;
      next = next.next;
    }
    if (next == null) {
      revision = Math.max(revision, passed);
    } else {
      wake();
    }
  }

  /// Adds what the watcher sees of changes after `after`, which may be in the future.
  private void see(List<CacheEvent> changes, long after, List<ObjectEvent> events) {
    for (CacheEvent change : changes) {
      if (change.revision <= after) {
        continue;
      }
      ObjectEvent event = change.seenBy(selection, cache);
      if (event != null) {
        events.add(event);
      }
    }
    revision = Math.max(revision, changes.getLast().revision);
  }

  @Override
  public ObjectEvent lastBookmark() {
    bookmarkDue = false;
    bookmarkedAtNs = feed.nanoTime();
    return ObjectEvent.bookmark(revision);
  }

  /// Asks for a bookmark when there was none for `everyNs`.
  void remindOfBookmark(long nowNs, long everyNs) {
    if (bookmarks && !bookmarkDue && nowNs - bookmarkedAtNs >= everyNs) {
      askForBookmark();
    }
  }

  @Override
  public void onReady(Runnable listener) {
    this.listener = listener;
    awake.set(true);
    listener.run();
  }

  @Override
  public void askForBookmark() {
    bookmarkDue = true;
    wake();
  }

  /// Calls the listener unless it was called since the last poll.
  void wake() {
    Runnable who = listener;
    if (who != null && awake.compareAndSet(false, true)) {
      who.run();
    }
  }

  void cutOffIfBehind(long trimmed) {
    WatchGroup.Link next = place.next;
    if (next != null && next.position <= trimmed) {
      end(
          ApiException.expired(
              "too old resource version: " + revision + " (" + cache.floor() + ")"));
    }
  }

  void end(ApiException why) {
    if (ended == null) {
      ended = why;
      // Lets go of the chain, which would otherwise be kept for a client that never polls again.
      place = new WatchGroup.Link(new CacheEvent[0], 0);
      wake();
    }
  }

  /// Ends with `why` once the watcher has seen everything that happened until now; nothing more may
  /// come.
  void endAfterAll(ApiException why) {
    last = why;
    wake();
  }

  @Override
  public void close() {
    cache.leave(this);
    if (ended == null) {
      ended = ApiException.expired("the watch is closed");
    }
  }
}
