package io.kemudi.store.memory;

import io.kemudi.store.KeyValue;
import io.kemudi.store.Store;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The leases of a [MemoryStore] and the keys under each.
///
/// Thread-safe. Its lock is taken inside the store's writing lock, so an expiry lets go of it
/// before it deletes.
final class MemoryLeases {
  private final Timers timers;
  private final LongConsumer revoke;
  private final Map<Long, Granted> live = new HashMap<>();
  private long lastId;

  /// `revoke` ends the lease of an id with [#remove] and deletes its keys.
  MemoryLeases(Timers timers, LongConsumer revoke) {
    this.timers = timers;
    this.revoke = revoke;
  }

  synchronized Store.Lease grant(Duration timeToLive) {
    var lease = new Granted(++lastId, timeToLive);
    live.put(lease.id, lease);
    lease.restart();
    return lease;
  }

  synchronized void requireLive(long id) {
    if (!live.containsKey(id)) {
      throw new StoreException.LeaseNotFound(id);
    }
  }

  /// Follows keys as they come under a lease, change to another, or leave.
  synchronized void moved(List<StoreEvent> events) {
    for (StoreEvent event : events) {
      KeyValue previous = event.previous();
      if (previous != null) {
        Granted lease = live.get(previous.lease());
        if (lease != null) {
          lease.keys.remove(event.key());
        }
      }
      if (event instanceof StoreEvent.Put put) {
        Granted lease = live.get(put.current().lease());
        if (lease != null) {
          lease.keys.add(put.key());
        }
      }
    }
  }

  /// Ends a lease and answers its keys; none if it had ended.
  synchronized List<String> remove(long id) {
    Granted lease = live.remove(id);
    if (lease == null) {
      return List.of();
    }
    lease.stop();
    return List.copyOf(lease.keys);
  }

  synchronized void close() {
    for (Granted lease : live.values()) {
      lease.stop();
    }
    live.clear();
  }

  private final class Granted implements Store.Lease {
    private final long id;
    private final Duration timeToLive;
    private final TreeSet<String> keys = new TreeSet<>();
    private Timers.@Nullable Timer expiry;

    Granted(long id, Duration timeToLive) {
      this.id = id;
      this.timeToLive = timeToLive;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public void keepAlive() {
      synchronized (MemoryLeases.this) {
        requireLive(id);
        restart();
      }
    }

    private void restart() {
      stop();
      expiry = timers.schedule(timeToLive, this::revoke);
    }

    private void stop() {
      if (expiry != null) {
        expiry.cancel();
      }
    }

    @Override
    public void revoke() {
      revoke.accept(id);
    }
  }
}
