package io.kemudi.store.sqlite;

import io.kemudi.store.KeyValue;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writing connection with its statements: what jobs do inside an open transaction. Used by the
/// writer's thread only, and only until something fails.
final class WriteSession implements AutoCloseable {
  /// Rows that one transaction of compaction looks at, so that writes are not held up for long.
  private static final int SWEEP_ROWS = 1000;

  /// One revision that the open transaction made.
  record Change(long revision, List<StoreEvent> events) {}

  private record Existing(long id, @Nullable KeyValue pair) {}

  private record Swept(long id, String key, boolean deletion, long prev) {}

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement writeState;
  private final PreparedStatement findRevision;
  private final PreparedStatement find;
  private final PreparedStatement insertLog;
  private final PreparedStatement upsertCurrent;
  private final PreparedStatement findLease;
  private final PreparedStatement insertLease;
  private final PreparedStatement deleteLease;
  private final PreparedStatement keysOfLease;
  private final PreparedStatement sweepRows;
  private final PreparedStatement deleteLog;
  private final PreparedStatement deleteCurrent;

  // As in the row of the table `state`, ahead of it inside a transaction.
  private long revision;
  private long compacted;
  private long swept;
  private final List<Change> changes = new ArrayList<>();

  WriteSession(Connection connection) throws SQLException {
    this.connection = connection;
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    writeState =
        connection.prepareStatement("UPDATE state SET revision = ?, compacted = ?, swept = ?");
    findRevision = connection.prepareStatement("SELECT id, live FROM current WHERE key = ?");
    find =
        connection.prepareStatement(
            """
            SELECT c.id, l.created, l.version, l.lease, l.value
            FROM current c JOIN log l ON l.id = c.id WHERE c.key = ?\
            """);
    insertLog = connection.prepareStatement("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)");
    upsertCurrent =
        connection.prepareStatement(
            """
            INSERT INTO current VALUES (?, ?, ?, ?) ON CONFLICT(key)
            DO UPDATE SET id = excluded.id, live = excluded.live, lease = excluded.lease\
            """);
    findLease = connection.prepareStatement("SELECT 1 FROM lease WHERE id = ?");
    insertLease = connection.prepareStatement("INSERT INTO lease(ttl_ms) VALUES (?) RETURNING id");
    deleteLease = connection.prepareStatement("DELETE FROM lease WHERE id = ?");
    keysOfLease =
        connection.prepareStatement("SELECT key FROM current WHERE lease = ? AND lease <> 0");
    sweepRows =
        connection.prepareStatement(
            """
            SELECT id, key, version, prev FROM log
            WHERE id > ? AND id <= ? ORDER BY id LIMIT ?\
            """);
    deleteLog = connection.prepareStatement("DELETE FROM log WHERE id = ?");
    deleteCurrent = connection.prepareStatement("DELETE FROM current WHERE key = ? AND id = ?");
    readState();
  }

  private void readState() throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet state = statement.executeQuery("SELECT revision, compacted, swept FROM state")) {
      state.next();
      revision = state.getLong(1);
      compacted = state.getLong(2);
      swept = state.getLong(3);
    }
  }

  // ---- the transaction around a group of jobs

  void begin() throws SQLException {
    changes.clear();
    begin.execute();
  }

  void commit() throws SQLException {
    writeState.setLong(1, revision);
    writeState.setLong(2, compacted);
    writeState.setLong(3, swept);
    writeState.executeUpdate();
    commit.execute();
  }

  /// What the last transaction made.
  List<Change> changes() {
    return List.copyOf(changes);
  }

  long revision() {
    return revision;
  }

  long compacted() {
    return compacted;
  }

  // ---- jobs

  TxnResult txn(Txn txn) throws SQLException {
    if (!holds(txn.conditions())) {
      return new TxnResult.Conflict(revision, existing(txn.conditions()));
    }
    for (Txn.Write write : txn.writes()) {
      if (write instanceof Txn.Put put && put.lease() != 0) {
        requireLease(put.lease());
      }
    }
    apply(txn.writes());
    return new TxnResult.Committed(revision);
  }

  private boolean holds(List<Txn.Condition> conditions) throws SQLException {
    for (Txn.Condition condition : conditions) {
      findRevision.setString(1, condition.key());
      try (ResultSet row = findRevision.executeQuery()) {
        long modified = row.next() && row.getBoolean(2) ? Ids.revision(row.getLong(1)) : 0;
        if (modified != condition.modRevision()) {
          return false;
        }
      }
    }
    return true;
  }

  private List<KeyValue> existing(List<Txn.Condition> conditions) throws SQLException {
    var pairs = new ArrayList<KeyValue>();
    for (Txn.Condition condition : conditions) {
      KeyValue pair = find(condition.key()).pair();
      if (pair != null) {
        pairs.add(pair);
      }
    }
    return pairs;
  }

  private Existing find(String key) throws SQLException {
    find.setString(1, key);
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        return new Existing(0, null);
      }
      long id = row.getLong(1);
      return new Existing(id, Rows.pair(key, id, row, 2));
    }
  }

  private void apply(List<Txn.Write> writes) throws SQLException {
    long next = revision + 1;
    var events = new ArrayList<StoreEvent>(writes.size());
    for (Txn.Write write : writes) {
      Existing existing = find(write.key());
      KeyValue previous = existing.pair();
      long id = Ids.of(next, events.size());
      switch (write) {
        case Txn.Put put -> {
          KeyValue pair = successor(previous, put, next);
          store(id, pair, existing.id());
          events.add(new StoreEvent.Put(pair, previous));
        }
        case Txn.Delete delete -> {
          if (previous != null) {
            store(id, deletion(delete.key(), next), existing.id());
            events.add(new StoreEvent.Delete(delete.key(), next, previous));
          }
        }
      }
    }
    if (!events.isEmpty()) {
      revision = next;
      changes.add(new Change(next, events));
    }
  }

  private static KeyValue successor(@Nullable KeyValue previous, Txn.Put put, long revision) {
    long created = previous == null ? revision : previous.createRevision();
    long version = previous == null ? 1 : previous.version() + 1;
    return new KeyValue(put.key(), put.value(), created, revision, version, put.lease());
  }

  private static KeyValue deletion(String key, long revision) {
    return new KeyValue(key, new byte[0], 0, revision, 0, 0);
  }

  private void store(long id, KeyValue pair, long prev) throws SQLException {
    insertLog.setLong(1, id);
    insertLog.setString(2, pair.key());
    insertLog.setLong(3, pair.createRevision());
    insertLog.setLong(4, pair.version());
    insertLog.setLong(5, pair.lease());
    insertLog.setLong(6, prev);
    insertLog.setBytes(7, pair.value());
    insertLog.executeUpdate();
    upsertCurrent.setString(1, pair.key());
    upsertCurrent.setLong(2, id);
    upsertCurrent.setBoolean(3, pair.version() != 0);
    upsertCurrent.setLong(4, pair.lease());
    upsertCurrent.executeUpdate();
  }

  private void requireLease(long lease) throws SQLException {
    findLease.setLong(1, lease);
    try (ResultSet row = findLease.executeQuery()) {
      if (!row.next()) {
        throw new StoreException.LeaseNotFound(lease);
      }
    }
  }

  long grant(long timeToLiveMs) throws SQLException {
    insertLease.setLong(1, timeToLiveMs);
    try (ResultSet row = insertLease.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /// Ends a lease and removes its keys, if there is such a lease.
  boolean revoke(long lease) throws SQLException {
    deleteLease.setLong(1, lease);
    if (deleteLease.executeUpdate() == 0) {
      return false;
    }
    var deletes = new ArrayList<Txn.Write>();
    keysOfLease.setLong(1, lease);
    try (ResultSet row = keysOfLease.executeQuery()) {
      while (row.next()) {
        deletes.add(new Txn.Delete(row.getString(1)));
      }
    }
    apply(deletes);
    return true;
  }

  /// Makes history before `upTo` unreadable; [#sweep] then removes it.
  boolean compact(long upTo) {
    if (upTo > revision) {
      throw new StoreException.FutureRevision(upTo, revision);
    }
    compacted = Math.max(compacted, upTo);
    return true;
  }

  /// Removes some of what compaction made unreadable. False when nothing is left to do.
  ///
  /// Every row up to the compacted revision makes the row before it of the same key superfluous,
  /// and a deletion makes itself so: the cost follows the changes, not the size of the store.
  boolean sweep() throws SQLException {
    long until = Ids.last(compacted);
    List<Swept> rows = sweepRows(until);
    for (Swept row : rows) {
      if (row.prev() != 0) {
        deleteLog(row.prev());
      }
      if (row.deletion()) {
        deleteLog(row.id());
        deleteCurrent.setString(1, row.key());
        deleteCurrent.setLong(2, row.id());
        deleteCurrent.executeUpdate();
      }
    }
    boolean more = rows.size() == SWEEP_ROWS;
    swept = more ? rows.getLast().id() : until;
    return more;
  }

  private List<Swept> sweepRows(long until) throws SQLException {
    sweepRows.setLong(1, swept);
    sweepRows.setLong(2, until);
    sweepRows.setInt(3, SWEEP_ROWS);
    var rows = new ArrayList<Swept>();
    try (ResultSet row = sweepRows.executeQuery()) {
      while (row.next()) {
        rows.add(new Swept(row.getLong(1), row.getString(2), row.getLong(3) == 0, row.getLong(4)));
      }
    }
    return rows;
  }

  private void deleteLog(long id) throws SQLException {
    deleteLog.setLong(1, id);
    deleteLog.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
