package io.kemudi.store.sqlite;

import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The clocks of the leases; the leases themselves are rows. After a restart every lease gets its
/// whole time once more.
final class SqliteLeases {
  /// What the store does with leases: expiry must not block, revocation waits for the disk.
  interface Ending {
    void expire(long lease);

    void revoke(long lease);
  }

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Timers timers;
  private final Ending ending;
  private final Map<Long, Granted> live = new ConcurrentHashMap<>();

  SqliteLeases(Timers timers, Ending ending) {
    this.timers = timers;
    this.ending = ending;
  }

  Store.Lease start(long id, Duration timeToLive) {
    var lease = new Granted(id, timeToLive);
    live.put(id, lease);
    lease.restart(timeToLive);
    return lease;
  }

  /// Forgets a lease whose row is gone.
  void ended(long id) {
    Granted lease = live.remove(id);
    if (lease != null) {
      lease.stop();
    }
  }

  /// Tries an expiry again that could not be written.
  void retry(long id) {
    Granted lease = live.get(id);
    if (lease != null) {
      lease.restart(RETRY);
    }
  }

  void close() {
    live.values().forEach(Granted::stop);
    live.clear();
  }

  private final class Granted implements Store.Lease {
    private final long id;
    private final Duration timeToLive;
    // Guarded by this.
    private Timers.@Nullable Timer expiry;
    private boolean expired;

    Granted(long id, Duration timeToLive) {
      this.id = id;
      this.timeToLive = timeToLive;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public synchronized void keepAlive() {
      if (expired || !live.containsKey(id)) {
        throw new StoreException.LeaseNotFound(id);
      }
      restart(timeToLive);
    }

    synchronized void restart(Duration delay) {
      stop();
      expiry = timers.schedule(delay, this::expire);
    }

    synchronized void stop() {
      if (expiry != null) {
        expiry.cancel();
      }
    }

    private void expire() {
      synchronized (this) {
        expired = true;
      }
      ending.expire(id);
    }

    @Override
    public void revoke() {
      ending.revoke(id);
    }
  }
}
