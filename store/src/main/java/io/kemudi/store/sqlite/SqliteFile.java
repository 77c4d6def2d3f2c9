package io.kemudi.store.sqlite;

import io.kemudi.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The file of a [SqliteStore]: its form, who may open it, and what its errors mean.
///
/// `log` has every write. Its `id` is the revision and the number of the write within it, see
/// [Ids]; `prev` is the id of the write of the same key before it, so a key's history is a chain
/// and needs no index. `version` 0 is a deletion. `current` has the newest write of every key, also
/// of deleted ones until they are compacted.
final class SqliteFile implements AutoCloseable {
  /// In `PRAGMA user_version`; 0 is an empty file.
  private static final int FORMAT = 1;

  /// Up to this size the whole file is checked on opening: some 50 ms.
  private static final long MAX_CHECKED_BYTES = 32L << 20;

  private static final String[] SCHEMA = {
    """
    CREATE TABLE log(
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL,
      created INTEGER NOT NULL,
      version INTEGER NOT NULL,
      lease INTEGER NOT NULL,
      prev INTEGER NOT NULL,
      value BLOB)\
    """,
    """
    CREATE TABLE current(
      key TEXT PRIMARY KEY,
      id INTEGER NOT NULL,
      live INTEGER NOT NULL,
      lease INTEGER NOT NULL) WITHOUT ROWID\
    """,
    "CREATE INDEX current_lease ON current(lease) WHERE lease <> 0",
    "CREATE TABLE lease(id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_ms INTEGER NOT NULL)",
    // One row. `swept`: up to which id compaction has removed rows.
    """
    CREATE TABLE state(
      one INTEGER PRIMARY KEY CHECK (one = 1),
      revision INTEGER NOT NULL,
      compacted INTEGER NOT NULL,
      swept INTEGER NOT NULL)\
    """,
    "INSERT INTO state VALUES (1, 1, 0, 0)",
    "PRAGMA user_version = " + FORMAT,
  };

  /// The files that this process has open. A lock of the system does not tell its holder from
  /// itself, and goes away when any descriptor of the file is closed, so none may be opened twice.
  private static final Set<Path> open = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lockFile;

  private SqliteFile(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Takes the file for this process, creating it (readable by its owner only) if there is none.
  static SqliteFile open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (!open.add(absolute)) {
      throw inUse(absolute);
    }
    try {
      return opened(absolute);
    } catch (RuntimeException e) {
      open.remove(absolute);
      throw e;
    }
  }

  private static SqliteFile opened(Path path) {
    var file = new SqliteFile(path, lock(path));
    try {
      file.createOwnerOnly();
      file.prepare();
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// SQLite itself would let two processes in, but each believes that it knows the last revision.
  private static FileChannel lock(Path path) {
    Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
    try {
      FileChannel channel =
          FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw inUse(path);
      }
      return channel;
    } catch (IOException e) {
      throw new StoreException.Unusable("cannot open " + lockPath + ": " + e.getMessage(), e);
    }
  }

  private static StoreException inUse(Path path) {
    return new StoreException.Unusable(path + " is in use: another kemudi has it open", null);
  }

  private void createOwnerOnly() {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try {
      Files.createFile(path, ownerOnly);
    } catch (FileAlreadyExistsException _) {
      // The usual case. SQLite gives its side files the permissions of this one.
    } catch (IOException e) {
      throw new StoreException.Unusable("cannot create " + path + ": " + e.getMessage(), e);
    }
  }

  private void prepare() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      requireIntact(statement);
      int format = number(statement, "PRAGMA user_version");
      if (format > FORMAT) {
        throw new StoreException.Unusable(
            "%s has format %d, this version of kemudi reads up to %d: use a newer one"
                .formatted(path, format, FORMAT),
            null);
      }
      if (format == 0) {
        create(statement);
      }
    } catch (SQLException | IOException e) {
      throw failure("open", e);
    }
  }

  private void requireIntact(Statement statement) throws SQLException, IOException {
    if (Files.size(path) > MAX_CHECKED_BYTES) {
      return;
    }
    try (ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
      if (!result.next() || !"ok".equals(result.getString(1))) {
        throw new StoreException.Unusable(path + " is corrupt: restore it from a backup", null);
      }
    }
  }

  private void create(Statement statement) throws SQLException {
    if (number(statement, "SELECT count(*) FROM sqlite_schema") != 0) {
      throw new StoreException.Unusable(path + " is an SQLite file of something else", null);
    }
    statement.execute("BEGIN IMMEDIATE");
    for (String definition : SCHEMA) {
      statement.execute(definition);
    }
    statement.execute("COMMIT");
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getInt(1);
    }
  }

  /// A connection of its own for one thread.
  Connection connect() throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // Every commit is synced: what is acknowledged survives a power cut.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    config.setCacheSize(-32_768);
    config.setJournalSizeLimit(64 << 20);
    return config.createConnection("jdbc:sqlite:" + path.toAbsolutePath());
  }

  /// What `e`, met while trying to `what`, means to the user of the store.
  StoreException failure(String what, Exception e) {
    String message = "cannot %s %s: %s".formatted(what, path, e.getMessage());
    boolean unusable =
        e instanceof SQLiteException sqlite
            && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB
                || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT);
    return unusable
        ? new StoreException.Unusable(path + " is corrupt: restore it from a backup", e)
        : new StoreException.Unavailable(message, e);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw failure("unlock", e);
    } finally {
      open.remove(path);
    }
  }
}
