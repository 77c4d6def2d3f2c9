package io.kemudi.store.sqlite;

/// Ids of rows of the log: a revision and the place of a write in it, so that one range of ids is
/// one range of revisions. A million writes in one transaction are more than the largest lease.
final class Ids {
  private static final int PLACE_BITS = 20;

  private Ids() {}

  static long of(long revision, int place) {
    if (place >>> PLACE_BITS != 0) {
      throw new IllegalStateException("too many writes in revision " + revision);
    }
    return revision << PLACE_BITS | place;
  }

  /// The largest id of a revision.
  static long last(long revision) {
    return (revision + 1 << PLACE_BITS) - 1;
  }

  static long revision(long id) {
    return id >> PLACE_BITS;
  }
}
