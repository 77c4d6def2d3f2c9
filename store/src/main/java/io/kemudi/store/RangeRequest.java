package io.kemudi.store;

/// Which keys to read: those in `[start, end)`, at most `limit` of them (0: no limit), as they were
/// at `revision` (0: now). `countOnly` answers the number of keys and no pairs.
public record RangeRequest(
    String start, String end, long revision, int limit, boolean keysOnly, boolean countOnly) {
  public RangeRequest {
    if (start.isEmpty() || end.isEmpty()) {
      throw new IllegalArgumentException("a range needs a start and an end key");
    }
    if (revision < 0 || limit < 0) {
      throw new IllegalArgumentException("revision and limit are not negative");
    }
  }

  /// One key.
  public static RangeRequest key(String key) {
    return new RangeRequest(key, key + '\0', 0, 1, false, false);
  }

  /// All keys that begin with `prefix`.
  public static RangeRequest prefix(String prefix) {
    return new RangeRequest(prefix, Store.prefixEnd(prefix), 0, 0, false, false);
  }

  /// All keys there are.
  public static RangeRequest all() {
    return new RangeRequest(Keys.FIRST, Keys.END, 0, 0, false, false);
  }

  public RangeRequest at(long revision) {
    return new RangeRequest(start, end, revision, limit, keysOnly, countOnly);
  }

  public RangeRequest limit(int limit) {
    return new RangeRequest(start, end, revision, limit, keysOnly, countOnly);
  }

  /// Without values.
  public RangeRequest onlyKeys() {
    return new RangeRequest(start, end, revision, limit, true, false);
  }

  /// Just the number of keys.
  public RangeRequest onlyCount() {
    return new RangeRequest(start, end, revision, 0, true, true);
  }

  /// The same range from `key` on, which continues a page.
  public RangeRequest from(String key) {
    return new RangeRequest(key, end, revision, limit, keysOnly, countOnly);
  }
}
