package io.kemudi.store.sqlite;

import io.kemudi.store.KeyValue;
import io.kemudi.store.Keys;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.StoreEvent;
import io.kemudi.store.StoreWatch.Batch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A reading connection with its statements, used by one thread at a time. Everything is read as of
/// a given revision, so that statements need no transaction around them.
final class ReadSession implements AutoCloseable {
  /// A batch of history has about this many events, but whole revisions (semi-arbitrary).
  private static final int HISTORY_EVENTS = 500;

  /// What a range holds at a revision.
  record Found(List<KeyValue> pairs, long count, boolean more) {}

  private final Connection connection;
  private final PreparedStatement scan;
  private final PreparedStatement older;
  private final PreparedStatement countSettled;
  private final PreparedStatement findNewer;
  private final PreparedStatement history;

  ReadSession(Connection connection) throws SQLException {
    this.connection = connection;
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = 1");
    }
    scan =
        connection.prepareStatement(
            """
            SELECT c.key, c.id, l.prev, l.created, l.version, l.lease, l.value
            FROM current c JOIN log l ON l.id = c.id
            WHERE c.key >= ? AND c.key < ? ORDER BY c.key\
            """);
    older =
        connection.prepareStatement(
            "SELECT prev, created, version, lease, value FROM log WHERE id = ?");
    countSettled =
        connection.prepareStatement(
            "SELECT count(*) FROM current WHERE key >= ? AND key < ? AND live AND id <= ?");
    findNewer =
        connection.prepareStatement(
            """
            SELECT c.key, l.prev FROM current c JOIN log l ON l.id = c.id
            WHERE c.key >= ? AND c.key < ? AND c.id > ?\
            """);
    history =
        connection.prepareStatement(
            """
            SELECT l.id, l.key, l.created, l.version, l.lease, l.value,
              l.prev, p.created, p.version, p.lease, p.value
            FROM log l LEFT JOIN log p ON p.id = l.prev
            WHERE l.id > ? AND l.id <= ? ORDER BY l.id\
            """);
  }

  /// Reads a range as it was at `revision`. Wrong if that is compacted meanwhile: check afterwards.
  Found range(RangeRequest request, long revision) throws SQLException {
    if (request.countOnly()) {
      return new Found(List.of(), count(request, revision), false);
    }
    var pairs = new ArrayList<KeyValue>();
    long bound = Ids.last(revision);
    boolean more = false;
    scan.setString(1, request.start());
    scan.setString(2, request.end());
    try (ResultSet row = scan.executeQuery()) {
      while (!more && row.next()) {
        KeyValue pair = pair(row, bound, request.keysOnly());
        if (pair != null && pairs.size() == request.limit() && request.limit() != 0) {
          more = true;
        } else if (pair != null) {
          pairs.add(pair);
        }
      }
    }
    return new Found(pairs, more ? count(request, revision) : pairs.size(), more);
  }

  private @Nullable KeyValue pair(ResultSet row, long bound, boolean withoutValue)
      throws SQLException {
    String key = row.getString(1);
    long id = row.getLong(2);
    return id <= bound
        ? Rows.pair(key, id, row, 4, withoutValue)
        : older(key, row.getLong(3), bound, withoutValue);
  }

  /// Follows the chain of a key's writes, from `id` back to the newest within `bound`.
  private @Nullable KeyValue older(String key, long id, long bound, boolean withoutValue)
      throws SQLException {
    while (id != 0) {
      older.setLong(1, id);
      try (ResultSet row = older.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        if (id <= bound) {
          return Rows.pair(key, id, row, 2, withoutValue);
        }
        id = row.getLong(1);
      }
    }
    return null;
  }

  private long count(RangeRequest request, long revision) throws SQLException {
    long bound = Ids.last(revision);
    long count;
    bind(countSettled, request, bound);
    try (ResultSet row = countSettled.executeQuery()) {
      row.next();
      count = row.getLong(1);
    }
    return count + countNewer(request, bound);
  }

  /// The keys that existed within `bound` and were written again since.
  private long countNewer(RangeRequest request, long bound) throws SQLException {
    long count = 0;
    bind(findNewer, request, bound);
    try (ResultSet row = findNewer.executeQuery()) {
      while (row.next()) {
        if (older(row.getString(1), row.getLong(2), bound, true) != null) {
          count++;
        }
      }
    }
    return count;
  }

  private static void bind(PreparedStatement statement, RangeRequest request, long bound)
      throws SQLException {
    statement.setString(1, request.start());
    statement.setString(2, request.end());
    statement.setLong(3, bound);
  }

  /// The events of a range in the first revisions after `after`, none of them after `until`.
  Batch history(String start, String end, long after, long until) throws SQLException {
    var events = new ArrayList<StoreEvent>();
    long passed = after;
    int seen = 0;
    history.setLong(1, Ids.last(after));
    history.setLong(2, Ids.last(until));
    try (ResultSet row = history.executeQuery()) {
      while (row.next()) {
        long revision = Ids.revision(row.getLong(1));
        if (revision != passed && seen >= HISTORY_EVENTS) {
          return new Batch(events, passed);
        }
        passed = revision;
        seen++;
        String key = row.getString(2);
        if (Keys.inRange(key, start, end)) {
          events.add(event(key, row));
        }
      }
    }
    return new Batch(events, until);
  }

  private static StoreEvent event(String key, ResultSet row) throws SQLException {
    long id = row.getLong(1);
    long previousId = row.getLong(7);
    KeyValue current = Rows.pair(key, id, row, 3);
    // No row was joined (a version of 0): there was nothing, or it is compacted.
    KeyValue previous = Rows.pair(key, previousId, row, 8);
    return current == null
        ? new StoreEvent.Delete(key, Ids.revision(id), previous)
        : new StoreEvent.Put(current, previous);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
