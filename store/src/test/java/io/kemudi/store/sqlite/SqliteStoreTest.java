package io.kemudi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.store.RandomHistories;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.Store;
import io.kemudi.store.StoreContract;
import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.WatchReader;
import io.kemudi.store.feed.RevisionFeed.Bounds;
import io.kemudi.time.ManualTime;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path dir;
  private final ManualTime time = new ManualTime();

  @Override
  protected Store openStore() {
    return SqliteStore.open(file(), time, new Bounds(WATCH_LAG, 64 << 20, WATCH_LAG));
  }

  private Path file() {
    return dir.resolve("store.db");
  }

  @Override
  protected void elapse(Duration by) {
    time.advance(by);
  }

  private void reopen() {
    store.close();
    store = openStore();
  }

  @RepeatedTest(8)
  void followsTheModel(RepetitionInfo repetition) {
    RandomHistories.compareWithModel(store, prefix, repetition.getCurrentRepetition(), 200);
  }

  @RepeatedTest(3)
  void isOneHistoryForConcurrentWriters(RepetitionInfo repetition) throws Exception {
    RandomHistories.checkConcurrent(store, prefix, repetition.getCurrentRepetition(), 6, 100);
  }

  @Test
  void everythingIsThereAfterReopening() {
    long first = put("a", "1");
    long compacted = put("a", "2");
    long deleted = delete("a");
    long last = put("b", "1");
    store.compact(compacted);

    reopen();

    assertThat(store.revision()).isEqualTo(last);
    assertThat(range()).hasSize(1);
    assertThat(store.range(RangeRequest.prefix(prefix).at(compacted)).count()).isEqualTo(1);
    assertThatThrownBy(() -> store.range(RangeRequest.prefix(prefix).at(first)))
        .isInstanceOf(StoreException.Compacted.class);
    try (var reader = WatchReader.of(store, prefix, compacted)) {
      assertThat(reader.until(last)).extracting("revision").containsExactly(deleted, last);
    }
  }

  @Test
  void theRevisionDoesNotGoBackWhenEverythingIsDeletedAndCompacted() {
    put("a", "1");
    long last = delete("a");
    store.compact(last);
    reopen();
    assertThat(store.revision()).isEqualTo(last);
    assertThat(put("b", "1")).isEqualTo(last + 1);
  }

  @Test
  void aLeaseSurvivesReopeningAndThenExpires() {
    Store.Lease lease = store.grant(Duration.ofSeconds(10));
    commit(Txn.builder().put(key("a"), bytes("1"), lease.id()));
    elapse(Duration.ofSeconds(9));

    reopen();
    elapse(Duration.ofSeconds(9));
    assertThat(range()).hasSize(1);

    try (var reader = WatchReader.of(store, prefix, store.revision())) {
      elapse(Duration.ofSeconds(1));
      assertThat(reader.nextEvents().events()).hasSize(1);
    }
    assertThat(range()).isEmpty();
  }

  @Test
  void compactionRemovesRowsAndNotOnlyTheirVisibility() throws SQLException {
    for (int i = 0; i < 1500; i++) {
      put("k" + i % 3, "" + i);
    }
    delete("k0");
    store.compact(store.revision());
    store.close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM current)")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(2);
      assertThat(row.getInt(2)).isEqualTo(2);
    }
  }

  @Test
  void anEmptyValueIsAValue() {
    put("a", "");
    assertThat(get("a").value()).isEmpty();
    reopen();
    assertThat(get("a").value()).isEmpty();
  }

  @Test
  void onlyTheOwnerMayReadTheFile() throws IOException {
    put("a", "1");
    for (String name : new String[] {"store.db", "store.db-wal"}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aNewerFormatIsRefused() throws SQLException {
    store.close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 7");
    }
    assertThatThrownBy(this::openStore)
        .isInstanceOf(StoreException.Unusable.class)
        .hasMessageContainingAll("store.db", "format 7", "newer");
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    store.close();
    Files.writeString(file(), "apiVersion: v1\n".repeat(1000));
    assertThatThrownBy(this::openStore)
        .isInstanceOf(StoreException.Unusable.class)
        .hasMessageContainingAll("store.db", "corrupt");
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    for (int i = 0; i < 200; i++) {
      put("k" + i, "value".repeat(100));
    }
    store.close();
    try (var damaged = new RandomAccessFile(file().toFile(), "rw")) {
      damaged.seek(4096 * 3);
      damaged.write(new byte[4096 * 8]);
    }
    assertThatThrownBy(this::openStore)
        .isInstanceOf(StoreException.Unusable.class)
        .hasMessageContainingAll("store.db", "corrupt");
  }

  @Test
  void aFileInUseIsRefused() {
    assertThatThrownBy(this::openStore)
        .isInstanceOf(StoreException.Unusable.class)
        .hasMessageContaining("in use");
  }
}
