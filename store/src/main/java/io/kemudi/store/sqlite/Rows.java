package io.kemudi.store.sqlite;

import io.kemudi.store.KeyValue;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// How a row of the log becomes a pair.
final class Rows {
  private static final byte[] NO_BYTES = {};

  private Rows() {}

  /// The pair whose columns created, version, lease, value begin at `column`; null for a deletion
  /// or a row that is not there.
  static @Nullable KeyValue pair(String key, long id, ResultSet row, int column)
      throws SQLException {
    return pair(key, id, row, column, false);
  }

  static @Nullable KeyValue pair(
      String key, long id, ResultSet row, int column, boolean withoutValue) throws SQLException {
    long version = row.getLong(column + 1);
    if (version == 0) {
      return null;
    }
    byte[] value = withoutValue ? NO_BYTES : row.getBytes(column + 3);
    return new KeyValue(
        key,
        value == null ? NO_BYTES : value,
        row.getLong(column),
        Ids.revision(id),
        version,
        row.getLong(column + 2));
  }
}
