package io.kemudi.store.sqlite;

import io.kemudi.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A few threads that read, each with a connection at a time.
final class SqliteReaders {
  private static final Logger log = LoggerFactory.getLogger(SqliteReaders.class);

  /// Reads are CPU work on cached pages: more threads than that only share it (semi-arbitrary).
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);

  private static final int MAX_WAITING = 4096;

  interface Read<T> {
    T from(ReadSession session) throws SQLException;
  }

  private final SqliteFile file;
  private final BlockingQueue<ReadSession> sessions = new ArrayBlockingQueue<>(THREADS);
  private final ThreadPoolExecutor threads;

  SqliteReaders(SqliteFile file) throws SQLException {
    this.file = file;
    for (int i = 0; i < THREADS; i++) {
      sessions.add(new ReadSession(file.connect()));
    }
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("sqlite-reader-", 0).factory());
  }

  <T> Future<T> submit(Read<T> read) {
    try {
      return threads.submit(() -> run(read));
    } catch (RejectedExecutionException e) {
      String why = threads.isShutdown() ? "the store is closed" : "too many reads wait";
      throw new StoreException.Unavailable(why, e);
    }
  }

  private <T> T run(Read<T> read) throws InterruptedException {
    ReadSession session = sessions.take();
    try {
      return read.from(session);
    } catch (SQLException e) {
      session = replaced(session);
      throw file.failure("read", e);
    } finally {
      sessions.add(session);
    }
  }

  /// A statement that has failed is closed by the driver; the next read gets a session that works.
  private ReadSession replaced(ReadSession failed) {
    try {
      failed.close();
      return new ReadSession(file.connect());
    } catch (SQLException e) {
      log.warn("the store cannot be opened for reading: {}", e.getMessage());
      return failed;
    }
  }

  /// Lets running reads finish.
  void close() throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
      log.warn("reads still run after 10 s, their connections stay open");
    }
    for (ReadSession session = sessions.poll(); session != null; session = sessions.poll()) {
      try {
        session.close();
      } catch (SQLException e) {
        log.warn("a reading connection did not close", e);
      }
    }
  }
}
