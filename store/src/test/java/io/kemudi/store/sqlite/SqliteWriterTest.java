package io.kemudi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SqliteWriterTest {
  @TempDir Path dir;

  @Test
  void aFullDiskFailsTheGroupWholeAndTheNextOneIsWritten() throws Exception {
    try (SqliteFile file = SqliteFile.open(dir.resolve("store.db"))) {
      Connection connection = file.connect();
      setPages(connection, 40);
      var published = new AtomicLong(1);
      var writer =
          new SqliteWriter(
              file, new WriteSession(connection), session -> published.set(session.revision()));

      StoreException failure = writeUntilFull(writer, published);
      assertThat(failure)
          .isInstanceOf(StoreException.Unavailable.class)
          .hasMessageContaining("full");

      long last = published.get();
      // The limit was the first connection's alone: there is room again.
      assertThat(write(writer, "after", 10)).isEqualTo(last + 1);
      writer.close();
    }
  }

  private static StoreException writeUntilFull(SqliteWriter writer, AtomicLong published)
      throws Exception {
    for (int i = 0; i < 1000; i++) {
      try {
        assertThat(write(writer, "k" + i, 10_000)).isEqualTo(published.get());
      } catch (ExecutionException e) {
        return (StoreException) Objects.requireNonNull(e.getCause());
      }
    }
    throw new AssertionError("40 pages held 10 MB");
  }

  private static long write(SqliteWriter writer, String key, int bytes) throws Exception {
    Txn txn = Txn.builder().put(key, new byte[bytes]).build();
    var job = new Job<TxnResult>(session -> session.txn(txn), bytes);
    assertThat(writer.offer(job, 1000)).isTrue();
    return job.done().get(10, TimeUnit.SECONDS).revision();
  }

  private static void setPages(Connection connection, int pages) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA max_page_count = " + pages);
    }
  }

  @Test
  void aRefusedJobDoesNotDisturbItsGroup() throws Exception {
    try (SqliteFile file = SqliteFile.open(dir.resolve("store.db"))) {
      var writer = new SqliteWriter(file, new WriteSession(file.connect()), _ -> {});
      var jobs = new ArrayList<Job<TxnResult>>();
      for (int i = 0; i < 20; i++) {
        // Every second one names a lease that does not exist.
        Txn txn = Txn.builder().put("k" + i, new byte[1], i % 2 * 99).build();
        var job = new Job<TxnResult>(session -> session.txn(txn), 1);
        jobs.add(job);
        assertThat(writer.offer(job, 1000)).isTrue();
      }
      for (int i = 0; i < 20; i++) {
        if (i % 2 == 0) {
          assertThat(jobs.get(i).done().get(10, TimeUnit.SECONDS).revision()).isEqualTo(2 + i / 2);
        } else {
          assertThat(jobs.get(i).done())
              .failsWithin(10, TimeUnit.SECONDS)
              .withThrowableOfType(ExecutionException.class)
              .withCauseInstanceOf(StoreException.LeaseNotFound.class);
        }
      }
      writer.close();
    }
  }
}
