package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.store.KeyValue;
import io.kemudi.store.Keys;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One watch over the whole store that feeds the caches of all resources, so that they share one
/// order: when [#revision] is R, every cache holds every change up to R.
///
/// Work is done in steps ([#step]) on the given executor, one at a time, whenever the store has
/// something. What cannot be read (a value that is no object) is logged and left out; the rest goes
/// on. When the store's history broke, everything is read anew and all watches end with a 410.
public final class CacheFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CacheFeed.class);

  /// How much history the windows are filled with at the start.
  private static final long HISTORY = 5_000;

  private static final int PAGE = 2_000;
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final Duration BOOKMARK_CHECK = Duration.ofSeconds(5);
  private static final long BOOKMARK_EVERY_NS = TimeUnit.SECONDS.toNanos(55);
  private static final Duration WAIT = Duration.ofSeconds(3);
  private static final Duration CHANGE_WAIT = Duration.ofSeconds(30);

  private final Store store;
  private final Timers timers;
  private final Executor executor;
  private final ReadFence fence;

  /// Key prefix -> its resource. No prefix begins with another.
  private final ConcurrentSkipListMap<String, Fed> resources = new ConcurrentSkipListMap<>();

  /// Changes of the resources that wait for the next step.
  private final Queue<Runnable> changes = new ConcurrentLinkedQueue<>();

  private final RevisionTimes times = new RevisionTimes();
  private final AtomicInteger due = new AtomicInteger();
  private volatile boolean reconnectDue;
  private volatile boolean reloadDue;
  private volatile long revision;
  private volatile boolean closed;
  private volatile boolean started;
  private @Nullable StoreWatch watch;

  private final ReentrantLock progress = new ReentrantLock();
  private final Condition progressed = progress.newCondition();
  private volatile int waiting;

  private record Fed(StoredResource resource, WatchCache cache) {}

  public CacheFeed(Store store, Timers timers, Executor executor) {
    this.store = store;
    this.timers = timers;
    this.executor = executor;
    this.fence = new ReadFence(store::revision);
  }

  /// Adds a resource to be cached. Once the feed runs, the resource is loaded at the revision that
  /// the feed has reached, and is complete when this returns; its window begins there.
  ///
  /// @throws ApiException 503 when the store does not give its objects in time
  public void add(StoredResource resource, WatchCache cache) {
    Fed fed = new Fed(resource, cache);
    if (!started) {
      resources.put(resource.keyPrefix(), fed);
      return;
    }
    change(() -> {
      loadOne(fed);
      resources.put(resource.keyPrefix(), fed);
    });
  }

  /// Forgets a resource; its watchers are told that it is gone.
  public void remove(StoredResource resource) {
    change(() -> {
      Fed fed = resources.remove(resource.keyPrefix());
      if (fed != null) {
        fed.cache.endAllAfterAll(
            new ApiException(StatusReason.NOT_FOUND, "the resource is served no more"));
      }
    });
  }

  /// Runs a change of the resources between two steps, and waits for it.
  private void change(Runnable change) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    changes.add(() -> {
      try {
        change.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    schedule();
    try {
      done.get(CHANGE_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(StatusReason.SERVICE_UNAVAILABLE, "interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new ApiException(
          StatusReason.SERVICE_UNAVAILABLE, "the resource cannot be loaded: " + e.getMessage());
    }
  }

  private void loadOne(Fed fed) {
    long at = revision;
    List<String> keys = new ArrayList<>();
    List<StoredObject> objects = new ArrayList<>();
    RangeRequest request = RangeRequest.prefix(fed.resource.keyPrefix()).at(at).limit(PAGE);
    for (boolean more = true; more; ) {
      RangeResult page = store.range(request);
      for (KeyValue pair : page.pairs()) {
        StoredObject object = read(fed, pair);
        if (object != null) {
          keys.add(fed.resource.cacheKey(pair.key()));
          objects.add(object);
        }
      }
      more = page.more();
      if (more) {
        request = request.from(page.pairs().getLast().key() + '\0');
      }
    }
    fed.cache.reset(PersistentMap.ofSorted(keys, objects), at);
    fed.cache.prepend(List.of(), at);
  }

  /// Loads all caches and begins to follow the store. Blocks until they are loaded.
  public void start() {
    load(HISTORY);
    started = true;
    timers.schedule(BOOKMARK_CHECK, this::remindOfBookmarks);
    schedule();
  }

  public boolean ready() {
    return started && !closed;
  }

  /// Every cache holds every change up to this revision.
  public long revision() {
    return revision;
  }

  long nanoTime() {
    return timers.nanoTime();
  }

  // ---- readers ----

  /// Waits until the caches hold every write that was acknowledged before this call.
  public void awaitLatest() {
    try {
      await(fence.revision());
    } catch (StoreException.Unavailable e) {
      throw new ApiException(StatusReason.SERVICE_UNAVAILABLE, e.getMessage() + "");
    }
  }

  /// Waits until the caches have reached `wanted`, some seconds at most.
  ///
  /// @throws ApiException 504, as a client of upstream expects it
  public void await(long wanted) {
    if (revision >= wanted) {
      return;
    }
    progress.lock();
    try {
      waiting++;
      long leftNs = WAIT.toNanos();
      while (revision < wanted) {
        if (leftNs <= 0) {
          throw tooLarge(wanted);
        }
        leftNs = progressed.awaitNanos(leftNs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(StatusReason.TIMEOUT, "interrupted while waiting for the cache");
    } finally {
      waiting--;
      progress.unlock();
    }
  }

  private ApiException tooLarge(long wanted) {
    String message = "Too large resource version";
    StatusDetails details =
        new StatusDetails(
            "", "", "", "", List.of(new StatusCause("ResourceVersionTooLarge", message, "")), 1);
    return new ApiException(
        StatusReason.TIMEOUT,
        "Timeout: " + message + ": " + wanted + ", current: " + revision,
        details);
  }

  /// The revision that was the newest at a time in this server's life.
  ///
  /// @throws ApiException EXPIRED for a time before what is remembered, see [RevisionTimes]
  public long revisionAt(Instant time) {
    return times
        .at(time)
        .orElseThrow(() ->
            ApiException.expired(
                "which revision was the newest at %s is not known: this server remembers from %s on"
                    .formatted(time, times.first().map(Instant::toString).orElse("now"))));
  }

  private void reached(long now) {
    if (now > revision) {
      times.note(timers.instant(), now);
    }
    revision = now;
    if (waiting > 0) {
      progress.lock();
      try {
        progressed.signalAll();
      } finally {
        progress.unlock();
      }
    }
  }

  // ---- loading ----

  private void load(long history) {
    long at = store.revision();
    Map<Fed, List<String>> keys = new HashMap<>();
    Map<Fed, List<StoredObject>> objects = new HashMap<>();
    RangeRequest request = RangeRequest.prefix("/registry/").at(at).limit(PAGE);
    Unreadable unreadable = new Unreadable();
    boolean more = true;
    while (more) {
      RangeResult page = store.range(request);
      for (KeyValue pair : page.pairs()) {
        Fed fed = find(pair.key());
        StoredObject object = fed == null ? null : loaded(fed, pair, unreadable);
        if (fed != null && object != null) {
          keys.computeIfAbsent(fed, f -> new ArrayList<>()).add(fed.resource.cacheKey(pair.key()));
          objects.computeIfAbsent(fed, f -> new ArrayList<>()).add(object);
        }
      }
      more = page.more();
      if (more) {
        request = request.from(page.pairs().getLast().key() + '\0');
      }
    }
    if (!started) {
      unreadable.refuse();
    }
    for (Fed fed : resources.values()) {
      PersistentMap<StoredObject> map =
          PersistentMap.ofSorted(
              keys.getOrDefault(fed, List.of()), objects.getOrDefault(fed, List.of()));
      fed.cache.reset(map, at);
    }
    // The empty store is revision 1.
    follow(Math.max(1, at - history), at);
    reached(at);
  }

  /// Watches from `after`, or from as far back as the store remembers. What comes up to `at` fills
  /// the windows only.
  private void follow(long after, long at) {
    StoreWatch next;
    try {
      next = store.watch(Keys.FIRST, Keys.END, after);
      fillWindows(next, after, at);
    } catch (StoreException.Compacted e) {
      log.debug("the store's history begins at {}", e.compactRevision());
      long from = Math.min(at, Math.max(e.compactRevision(), after));
      next = store.watch(Keys.FIRST, Keys.END, from);
      fillWindows(next, from, at);
    }
    watch = next;
    next.onReady(this::schedule);
  }

  private void fillWindows(StoreWatch history, long after, long at) {
    Map<Fed, List<CacheEvent>> past = new LinkedHashMap<>();
    Map<Fed, Long> knownAfter = new HashMap<>();
    long seen = after;
    long giveUpNs = timers.nanoTime() + WAIT.toNanos();
    while (seen < at) {
      StoreWatch.Batch batch = history.poll();
      if (batch == null) {
        if (timers.nanoTime() > giveUpNs) {
          log.info("the store's history is slow; clients may have to list again");
          past.clear();
          break;
        }
        Thread.onSpinWait();
        Thread.yield();
        continue;
      }
      for (StoreEvent event : batch.events()) {
        Fed fed = find(event.key());
        if (fed == null) {
          continue;
        }
        if (event.revision() > at) {
          pending.add(event);
        } else if (isWhole(event)) {
          CacheEvent change = change(fed, event);
          if (change != null) {
            past.computeIfAbsent(fed, f -> new ArrayList<>()).add(change);
          }
        } else {
          past.remove(fed);
          knownAfter.put(fed, event.revision());
        }
      }
      seen = batch.revision();
    }
    pendingRevision = Math.max(seen, at);
    boolean complete = seen >= at;
    for (Fed fed : resources.values()) {
      long floor = complete ? knownAfter.getOrDefault(fed, after) : at;
      fed.cache.prepend(past.getOrDefault(fed, List.of()), floor);
    }
  }

  /// Whether the event says what was there before, which selection needs.
  private static boolean isWhole(StoreEvent event) {
    return switch (event) {
      case StoreEvent.Put put -> put.previous() != null || put.current().version() == 1;
      case StoreEvent.Delete delete -> delete.previous() != null;
    };
  }

  /// What came with the history but is newer than what was loaded.
  private final List<StoreEvent> pending = new ArrayList<>();

  private long pendingRevision;

  private @Nullable Fed find(String key) {
    Map.Entry<String, Fed> entry = resources.floorEntry(key);
    return entry != null && key.startsWith(entry.getKey()) ? entry.getValue() : null;
  }

  /// What the keys given do not decrypt. A server that began without it would say that it is not
  /// there, so it does not begin.
  private static final class Unreadable {
    private @Nullable UnreadableValueException first;
    private int count;

    void add(UnreadableValueException e) {
      first = first == null ? e : first;
      count++;
    }

    void refuse() {
      if (first != null) {
        throw count == 1
            ? first
            : new UnreadableValueException(
                first.getMessage() + " (and " + (count - 1) + " more values that cannot be read)");
      }
    }
  }

  private static @Nullable StoredObject loaded(Fed fed, KeyValue pair, Unreadable unreadable) {
    try {
      return readOrNull(fed, pair);
    } catch (UnreadableValueException e) {
      unreadable.add(e);
      log.error("left out of the cache: {}", e.getMessage());
      return null;
    }
  }

  private static @Nullable StoredObject read(Fed fed, KeyValue pair) {
    try {
      return readOrNull(fed, pair);
    } catch (UnreadableValueException e) {
      log.error("left out of the cache: {}", e.getMessage());
      return null;
    }
  }

  private static @Nullable StoredObject readOrNull(Fed fed, KeyValue pair) {
    StoredObject known = fed.cache.snapshot().byKey().get(fed.resource.cacheKey(pair.key()));
    if (known != null && known.revision() == pair.modRevision()) {
      return known;
    }
    try {
      return fed.resource.read(pair);
    } catch (UnreadableValueException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      log.error("left out of the cache: {}", e.getMessage());
      return null;
    }
  }

  // ---- following ----

  private void schedule() {
    if (due.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = due.get();
      try {
        step();
      } catch (RuntimeException e) {
        log.error("feeding the caches failed; they are loaded anew", e);
        reloadDue = true;
        later();
      }
    } while (!due.compareAndSet(seen, 0));
  }

  /// Takes in everything that the store has for us now.
  void step() {
    for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
      change.run();
    }
    if (closed) {
      return;
    }
    if (reloadDue) {
      reload();
    } else if (reconnectDue) {
      reconnect();
    }
    if (!pending.isEmpty() || pendingRevision > revision) {
      List<StoreEvent> events = List.copyOf(pending);
      pending.clear();
      take(new StoreWatch.Batch(events, Math.max(revision, pendingRevision)));
    }
    StoreWatch from = watch;
    if (from == null) {
      return;
    }
    try {
      for (StoreWatch.Batch batch = from.poll(); batch != null; batch = from.poll()) {
        take(batch);
      }
    } catch (StoreException.Compacted e) {
      log.warn("the store has compacted what the caches had not seen: {}", e.getMessage());
      reloadDue = true;
      later();
    } catch (StoreException e) {
      log.warn("following the store was interrupted: {}", e.getMessage());
      from.close();
      watch = null;
      reconnectDue = true;
      later();
    }
  }

  private void take(StoreWatch.Batch batch) {
    Map<Fed, List<CacheEvent>> byResource = new LinkedHashMap<>();
    Map<String, StoredObject> overlay = new HashMap<>();
    for (StoreEvent event : batch.events()) {
      Fed fed = find(event.key());
      if (fed == null) {
        continue;
      }
      CacheEvent change = change(fed, event, overlay);
      if (change != null) {
        byResource.computeIfAbsent(fed, f -> new ArrayList<>()).add(change);
      }
    }
    Set<WatchGroup> touched = new LinkedHashSet<>();
    byResource.forEach((fed, changes) -> touched.addAll(fed.cache.apply(changes)));
    reached(Math.max(revision, batch.revision()));
    touched.forEach(WatchGroup::wake);
  }

  /// A change as the cache sees it: before is what the cache holds, or what earlier events of the
  /// same batch made of it.
  private static @Nullable CacheEvent change(
      Fed fed, StoreEvent event, Map<String, @Nullable StoredObject> overlay) {
    String key = fed.resource.cacheKey(event.key());
    StoredObject before =
        overlay.containsKey(event.key())
            ? overlay.get(event.key())
            : fed.cache.snapshot().byKey().get(key);
    StoredObject after =
        switch (event) {
          case StoreEvent.Put put -> read(fed, put.current());
          case StoreEvent.Delete _ -> null;
        };
    overlay.put(event.key(), after);
    return before == null && after == null
        ? null
        : new CacheEvent(key, event.revision(), before, after);
  }

  /// A change of the past, of which only the event itself tells.
  private static @Nullable CacheEvent change(Fed fed, StoreEvent event) {
    KeyValue previous = event.previous();
    StoredObject before = previous == null ? null : read(fed, previous);
    StoredObject after =
        switch (event) {
          case StoreEvent.Put put -> read(fed, put.current());
          case StoreEvent.Delete _ -> null;
        };
    return before == null && after == null
        ? null
        : new CacheEvent(fed.resource.cacheKey(event.key()), event.revision(), before, after);
  }

  /// Does another step after a while.
  private void later() {
    timers.schedule(RETRY, this::schedule);
  }

  private void reconnect() {
    try {
      StoreWatch next = store.watch(Keys.FIRST, Keys.END, revision);
      reconnectDue = false;
      watch = next;
      next.onReady(this::schedule);
    } catch (StoreException.Compacted e) {
      reloadDue = true;
      later();
    } catch (StoreException e) {
      later();
    }
  }

  /// Reads everything anew; every watcher has to list again.
  private void reload() {
    StoreWatch old = watch;
    watch = null;
    if (old != null) {
      old.close();
    }
    pending.clear();
    try {
      load(1);
      reloadDue = false;
      reconnectDue = false;
      ApiException why = ApiException.expired("too old resource version: the history was lost");
      resources.values().forEach(fed -> fed.cache.endAll(why));
    } catch (StoreException e) {
      log.warn("loading the caches failed, will be tried again: {}", e.getMessage());
      later();
    }
  }

  private void remindOfBookmarks() {
    if (closed) {
      return;
    }
    long now = timers.nanoTime();
    for (Fed fed : resources.values()) {
      for (CacheWatch each : fed.cache.watches()) {
        each.remindOfBookmark(now, BOOKMARK_EVERY_NS);
      }
    }
    timers.schedule(BOOKMARK_CHECK, this::remindOfBookmarks);
  }

  @Override
  public void close() {
    closed = true;
    StoreWatch last = watch;
    if (last != null) {
      last.close();
    }
    ApiException why =
        new ApiException(StatusReason.SERVICE_UNAVAILABLE, "the API server is shutting down");
    resources.values().forEach(fed -> fed.cache.endAll(why));
  }
}
