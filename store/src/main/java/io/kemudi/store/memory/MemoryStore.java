package io.kemudi.store.memory;

import io.kemudi.store.KeyValue;
import io.kemudi.store.Keys;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import io.kemudi.store.feed.RevisionFeed;
import io.kemudi.store.feed.RevisionFeed.Bounds;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A store in the heap, for tests and simulations: nothing survives the process. All history is
/// kept until it is compacted.
///
/// Each key has a chain of versions, newest first. Writers take turns; readers take no lock: they
/// pick the published revision and skip versions that are newer, so a range is one snapshot.
public final class MemoryStore implements Store {
  /// How far a watch that has caught up may fall behind (semi-arbitrary).
  private static final int MAX_WATCH_LAG = 16_384;

  private final ConcurrentNavigableMap<String, Version> versions =
      new ConcurrentSkipListMap<>(Keys.ORDER);
  private final RevisionFeed feed;
  private final MemoryLeases leases;
  private final ReentrantLock writing = new ReentrantLock();

  // Written under the lock. A revision is published after its versions are in place.
  private volatile long revision = 1;
  private volatile long compacted;
  private volatile boolean closed;

  public MemoryStore(Timers timers) {
    this(timers, MAX_WATCH_LAG);
  }

  /// A store whose watches may fall `maxWatchLag` revisions behind.
  public MemoryStore(Timers timers, int maxWatchLag) {
    feed = new RevisionFeed(1, new Bounds(Integer.MAX_VALUE, Long.MAX_VALUE, maxWatchLag));
    leases = new MemoryLeases(timers, this::revoke);
  }

  @Override
  public RangeResult range(RangeRequest request) {
    throwIfClosed();
    while (true) {
      long latest = revision;
      long at = request.revision() == 0 ? latest : request.revision();
      if (at > latest) {
        throw new StoreException.FutureRevision(at, latest);
      }
      RangeResult result = rangeAt(request, at, latest);
      // Checked after reading: a compaction during it may have taken versions away.
      if (at >= compacted) {
        return result;
      }
      if (request.revision() != 0) {
        throw new StoreException.Compacted(at, compacted);
      }
    }
  }

  private RangeResult rangeAt(RangeRequest request, long at, long latest) {
    var pairs = new ArrayList<KeyValue>();
    long count = 0;
    if (Keys.compare(request.start(), request.end()) < 0) {
      for (Version newest : versions.subMap(request.start(), request.end()).values()) {
        KeyValue pair = Version.at(newest, at);
        if (pair == null) {
          continue;
        }
        count++;
        boolean wanted = request.limit() == 0 || pairs.size() < request.limit();
        if (wanted && !request.countOnly()) {
          pairs.add(request.keysOnly() ? withoutValue(pair) : pair);
        }
      }
    }
    boolean more = !request.countOnly() && count > pairs.size();
    return new RangeResult(pairs, latest, count, more);
  }

  private static KeyValue withoutValue(KeyValue pair) {
    return new KeyValue(
        pair.key(),
        new byte[0],
        pair.createRevision(),
        pair.modRevision(),
        pair.version(),
        pair.lease());
  }

  @Override
  public TxnResult txn(Txn txn) {
    throwIfClosed();
    txn.requireWithinLimits();
    TxnResult result;
    writing.lock();
    try {
      result = evaluate(txn);
    } finally {
      writing.unlock();
    }
    feed.announce();
    return result;
  }

  private TxnResult evaluate(Txn txn) {
    var current = new ArrayList<KeyValue>();
    boolean holds = true;
    for (Txn.Condition condition : txn.conditions()) {
      KeyValue pair = latest(condition.key());
      holds &= (pair == null ? 0 : pair.modRevision()) == condition.modRevision();
      if (pair != null) {
        current.add(pair);
      }
    }
    if (!holds) {
      return new TxnResult.Conflict(revision, current);
    }
    for (Txn.Write write : txn.writes()) {
      if (write instanceof Txn.Put put && put.lease() != 0) {
        leases.requireLive(put.lease());
      }
    }
    apply(txn.writes());
    return new TxnResult.Committed(revision);
  }

  private void apply(List<Txn.Write> writes) {
    long next = revision + 1;
    var events = new ArrayList<StoreEvent>(writes.size());
    for (Txn.Write write : writes) {
      KeyValue previous = latest(write.key());
      switch (write) {
        case Txn.Put put -> {
          KeyValue pair = successor(previous, put, next);
          install(put.key(), pair, next);
          events.add(new StoreEvent.Put(pair, previous));
        }
        case Txn.Delete delete -> {
          if (previous != null) {
            install(delete.key(), null, next);
            events.add(new StoreEvent.Delete(delete.key(), next, previous));
          }
        }
      }
    }
    if (!events.isEmpty()) {
      revision = next;
      feed.append(next, events);
      leases.moved(events);
    }
  }

  private static KeyValue successor(@Nullable KeyValue previous, Txn.Put put, long revision) {
    long created = previous == null ? revision : previous.createRevision();
    long version = previous == null ? 1 : previous.version() + 1;
    return new KeyValue(put.key(), put.value(), created, revision, version, put.lease());
  }

  private void install(String key, @Nullable KeyValue pair, long revision) {
    versions.put(key, new Version(pair, revision, versions.get(key)));
  }

  private @Nullable KeyValue latest(String key) {
    Version newest = versions.get(key);
    return newest == null ? null : newest.pair();
  }

  /// Ends a lease and removes its keys in one transaction, however many they are.
  private void revoke(long lease) {
    writing.lock();
    try {
      apply(leases.remove(lease).stream().<Txn.Write>map(Txn.Delete::new).toList());
    } finally {
      writing.unlock();
    }
    feed.announce();
  }

  @Override
  public StoreWatch watch(String start, String end, long afterRevision) {
    throwIfClosed();
    writing.lock();
    try {
      throwIfCompacted(afterRevision);
      return feed.watch(start, end, afterRevision, this::forgotten);
    } finally {
      writing.unlock();
    }
  }

  /// The feed holds all that is not compacted.
  private StoreWatch.Batch forgotten(String start, String end, long after) {
    throw new StoreException.Compacted(after, compacted);
  }

  private void throwIfCompacted(long revision) {
    if (revision < compacted) {
      throw new StoreException.Compacted(revision, compacted);
    }
  }

  @Override
  public long revision() {
    throwIfClosed();
    return revision;
  }

  @Override
  public void compact(long upTo) {
    throwIfClosed();
    writing.lock();
    try {
      if (upTo > revision) {
        throw new StoreException.FutureRevision(upTo, revision);
      }
      if (upTo <= compacted) {
        return;
      }
      compacted = upTo;
      versions.values().removeIf(newest -> newest.cut(upTo));
      feed.forget(upTo);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public Lease grant(Duration timeToLive) {
    throwIfClosed();
    return leases.grant(timeToLive);
  }

  private void throwIfClosed() {
    if (closed) {
      throw new StoreException.Unavailable("the store is closed", null);
    }
  }

  @Override
  public void close() {
    closed = true;
    leases.close();
    feed.end(new StoreException.Unavailable("the store is closed", null));
  }
}
