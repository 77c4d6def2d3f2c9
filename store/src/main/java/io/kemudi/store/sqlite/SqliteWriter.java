package io.kemudi.store.sqlite;

import io.kemudi.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes. Jobs that arrive while it waits for the disk are committed together:
/// the busier the store, the fewer syncs per transaction.
final class SqliteWriter {
  private static final Logger log = LoggerFactory.getLogger(SqliteWriter.class);

  private static final int MAX_WAITING = 4096;
  private static final int MAX_GROUP = 256;
  private static final long MAX_GROUP_BYTES = 8 << 20;

  private final SqliteFile file;
  private final Consumer<WriteSession> publish;
  private final BlockingQueue<Job<?>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread;
  private volatile boolean closed;

  // The thread's own.
  private WriteSession session;

  /// `publish` is called after every commit, before its jobs are answered.
  SqliteWriter(SqliteFile file, WriteSession session, Consumer<WriteSession> publish) {
    this.file = file;
    this.session = session;
    this.publish = publish;
    thread = Thread.ofPlatform().daemon().name("sqlite-writer").start(this::run);
  }

  /// Queues a job; false when that takes longer than `timeoutMs`.
  boolean offer(Job<?> job, long timeoutMs) throws InterruptedException {
    if (closed || !waiting.offer(job, timeoutMs, TimeUnit.MILLISECONDS)) {
      return false;
    }
    if (closed) {
      failWaiting();
    }
    return true;
  }

  boolean isClosed() {
    return closed;
  }

  private void run() {
    var group = new ArrayList<Job<?>>();
    try {
      while (!closed) {
        group.clear();
        takeGroup(group);
        commit(group);
      }
    } catch (InterruptedException _) {
      // Closed while idle.
    } finally {
      closed = true;
      failWaiting();
      closeSession();
    }
  }

  private void takeGroup(List<Job<?>> group) throws InterruptedException {
    Job<?> job = waiting.take();
    long sizeBytes = 0;
    while (job != null) {
      group.add(job);
      sizeBytes += job.sizeBytes();
      boolean full = group.size() == MAX_GROUP || sizeBytes >= MAX_GROUP_BYTES;
      job = full ? null : waiting.poll();
    }
  }

  private void commit(List<Job<?>> group) {
    long revisionBefore = session.revision();
    try {
      session.begin();
      for (Job<?> job : group) {
        job.run(session);
      }
      session.commit();
    } catch (SQLException e) {
      StoreException failure = file.failure("write to", e);
      log.warn("{} transactions were rolled back: {}", group.size(), failure.getMessage());
      reopen(revisionBefore);
      group.forEach(job -> job.fail(failure));
      return;
    }
    publish.accept(session);
    group.forEach(Job::finish);
  }

  /// Closing rolls back. The session cannot go on: a statement that has failed is closed by the
  /// driver. If the commit did happen, though it failed, its events are lost to the watches: then
  /// the store stops, and is right again when it is opened anew.
  private void reopen(long revisionBefore) {
    closeSession();
    try {
      session = new WriteSession(file.connect());
      if (session.revision() != revisionBefore) {
        log.error("a commit failed and yet happened: the store must be opened anew");
        closed = true;
      }
    } catch (SQLException e) {
      log.error("the store cannot be opened any more and is closed", e);
      closed = true;
    }
  }

  private void failWaiting() {
    for (Job<?> job = waiting.poll(); job != null; job = waiting.poll()) {
      job.fail(new StoreException.Unavailable("the store is closed", null));
    }
  }

  private void closeSession() {
    try {
      session.close();
    } catch (SQLException e) {
      log.warn("the writing connection did not close", e);
    }
  }

  /// Lets the group that is being written finish.
  void close() throws InterruptedException {
    closed = true;
    // A thread that waits for the disk is in native code, which an interrupt does not reach.
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }
}
