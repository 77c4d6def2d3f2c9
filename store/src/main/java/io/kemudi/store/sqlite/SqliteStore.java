package io.kemudi.store.sqlite;

import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.store.StoreWatch;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import io.kemudi.store.feed.RevisionFeed;
import io.kemudi.store.feed.RevisionFeed.Bounds;
import io.kemudi.time.Timers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// The embedded store: one SQLite file, used by one process.
///
/// SQLite calls run on threads of their own, never on the carriers of virtual threads: one
/// [SqliteWriter], and the few of [SqliteReaders]. Watches are fed from memory and, further back,
/// from the log.
public final class SqliteStore implements Store {
  /// 16,384 revisions or 64 MiB of values (semi-arbitrary): minutes of a busy cluster.
  private static final Bounds FEED = new Bounds(16_384, 64 << 20, 16_384);

  private static final long CALL_TIMEOUT_MS = 30_000;

  private final SqliteFile file;
  private final SqliteWriter writer;
  private final SqliteReaders readers;
  private final SqliteLeases leases;
  private final RevisionFeed feed;
  private final ReentrantLock compacting = new ReentrantLock();

  // Published by the writer after each commit.
  private volatile long revision;
  private volatile long compacted;
  private volatile boolean closed;

  /// Opens the store in `path`, or creates it.
  ///
  /// @throws StoreException.Unusable when the file is corrupt, of a newer format, or in use
  public static SqliteStore open(Path path, Timers timers) {
    return open(path, timers, FEED);
  }

  static SqliteStore open(Path path, Timers timers, Bounds feed) {
    SqliteFile file = SqliteFile.open(path);
    try {
      return new SqliteStore(file, timers, feed);
    } catch (SQLException e) {
      StoreException failure = file.failure("open", e);
      file.close();
      throw failure;
    }
  }

  private SqliteStore(SqliteFile file, Timers timers, Bounds bounds) throws SQLException {
    this.file = file;
    leases = new SqliteLeases(timers, new LeaseEnding());
    var session = new WriteSession(file.connect());
    revision = session.revision();
    compacted = session.compacted();
    feed = new RevisionFeed(revision, bounds);
    readers = new SqliteReaders(file);
    writer = new SqliteWriter(file, session, this::publish);
    restoreLeases();
  }

  private void restoreLeases() throws SQLException {
    try (Connection connection = file.connect();
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, ttl_ms FROM lease")) {
      while (row.next()) {
        leases.start(row.getLong(1), Duration.ofMillis(row.getLong(2)));
      }
    }
  }

  /// On the writer's thread, after a commit.
  private void publish(WriteSession session) {
    compacted = session.compacted();
    for (WriteSession.Change change : session.changes()) {
      revision = change.revision();
      feed.append(change.revision(), change.events());
    }
    feed.announce();
  }

  @Override
  public RangeResult range(RangeRequest request) {
    while (true) {
      throwIfClosed();
      long latest = revision;
      long at = request.revision() == 0 ? latest : request.revision();
      if (at > latest) {
        throw new StoreException.FutureRevision(at, latest);
      }
      ReadSession.Found found = await(readers.submit(session -> session.range(request, at)));
      // Checked after reading: a compaction during it may have taken rows away.
      if (at >= compacted) {
        return new RangeResult(found.pairs(), latest, found.count(), found.more());
      }
      if (request.revision() != 0) {
        throw new StoreException.Compacted(at, compacted);
      }
    }
  }

  @Override
  public TxnResult txn(Txn txn) {
    txn.requireWithinLimits();
    return write(session -> session.txn(txn), sizeBytes(txn));
  }

  private static long sizeBytes(Txn txn) {
    long sum = 0;
    for (Txn.Write write : txn.writes()) {
      if (write instanceof Txn.Put put) {
        sum += put.value().length;
      }
    }
    return sum;
  }

  private <T> T write(Job.Work<T> work, long sizeBytes) {
    throwIfClosed();
    var job = new Job<T>(work, sizeBytes);
    try {
      if (!writer.offer(job, CALL_TIMEOUT_MS)) {
        throwIfClosed();
        throw new StoreException.Unavailable(
            writer.isClosed()
                ? "the store has stopped after a failure of the disk, see the log"
                : "too many transactions wait to be written",
            null);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return await(job.done());
  }

  @Override
  public StoreWatch watch(String start, String end, long afterRevision) {
    throwIfClosed();
    if (afterRevision < compacted) {
      throw new StoreException.Compacted(afterRevision, compacted);
    }
    return feed.watch(start, end, afterRevision, this::history);
  }

  private StoreWatch.Batch history(String start, String end, long after) {
    long until = revision;
    StoreWatch.Batch batch =
        await(readers.submit(session -> session.history(start, end, after, until)));
    if (after < compacted) {
      throw new StoreException.Compacted(after, compacted);
    }
    return batch;
  }

  @Override
  public long revision() {
    throwIfClosed();
    return revision;
  }

  @Override
  public void compact(long upTo) {
    write(session -> session.compact(upTo), 0);
    compacting.lock();
    try {
      boolean more = true;
      while (more) {
        more = write(WriteSession::sweep, 0);
      }
    } finally {
      compacting.unlock();
    }
  }

  @Override
  public Lease grant(Duration timeToLive) {
    long id = write(session -> session.grant(timeToLive.toMillis()), 0);
    return leases.start(id, timeToLive);
  }

  private final class LeaseEnding implements SqliteLeases.Ending {
    @Override
    public void expire(long lease) {
      var job = new Job<>(session -> session.revoke(lease), 0);
      var unused =
          job.done()
              .whenComplete((_, failure) -> {
                if (failure == null) {
                  leases.ended(lease);
                } else if (!closed) {
                  leases.retry(lease);
                }
              });
      try {
        if (!writer.offer(job, 0)) {
          job.fail(new StoreException.Unavailable("too many transactions wait", null));
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    @Override
    public void revoke(long lease) {
      write(session -> session.revoke(lease), 0);
      leases.ended(lease);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get(CALL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure;
      }
      throw new IllegalStateException("the store failed", e.getCause());
    } catch (TimeoutException e) {
      future.cancel(false);
      throw new StoreException.Unavailable(
          "the disk did not answer within " + CALL_TIMEOUT_MS / 1000 + " s", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static StoreException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoreException.Unavailable("interrupted while waiting for the store", e);
  }

  private void throwIfClosed() {
    if (closed) {
      throw new StoreException.Unavailable("the store is closed", null);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    leases.close();
    try {
      writer.close();
      readers.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    feed.end(new StoreException.Unavailable("the store is closed", null));
    file.close();
  }
}
