package io.kemudi.store;

import java.time.Duration;

/// Bytes by key under one global, growing revision. The only write is a compare-and-set
/// transaction.
///
/// Keys are non-empty strings ordered by their UTF-8 bytes ([Keys]); values are at most
/// [#MAX_VALUE_BYTES], a transaction at most [#MAX_TRANSACTION_BYTES] with at most
/// [#MAX_TRANSACTION_KEYS] writes and as many conditions, on every implementation
/// ([StoreException.TooLarge] otherwise). Revisions start at 1 for an empty store and grow by one
/// with every transaction that changes something (removing what does not exist is no change); all
/// writes of one transaction share its revision.
///
/// Every call may block and has a time limit of its own ([StoreException.Unavailable] when it is
/// passed, or when the store cannot be reached). Thread-safe; meant to be called from virtual
/// threads. Byte arrays handed in or out are never changed by either side afterwards.
public interface Store extends AutoCloseable {
  int MAX_VALUE_BYTES = 1536 * 1024;
  int MAX_TRANSACTION_BYTES = 3 * 1024 * 1024;

  /// As etcd's default `--max-txn-ops`.
  int MAX_TRANSACTION_KEYS = 128;

  /// The values of a range of keys, in key order. Linearizable when [RangeRequest#revision] is 0:
  /// it sees every transaction that was acknowledged before the call began.
  ///
  /// @throws StoreException.Compacted when the revision is older than the last compaction
  /// @throws StoreException.FutureRevision when the revision has not happened yet
  RangeResult range(RangeRequest request);

  /// Applies `txn` if all its conditions hold, else changes nothing and answers what is there. A
  /// transaction without writes is a consistent read of the keys it compares.
  ///
  /// @throws StoreException.LeaseNotFound when it puts a key under a lease that does not exist
  TxnResult txn(Txn txn);

  /// Events of the keys in `[start, end)` after `afterRevision`, see [StoreWatch]. The watch is
  /// established when this returns: no later event is missed. A revision that has not happened yet
  /// is waited for (the member of a cluster that answers may lag behind).
  ///
  /// A watch of the whole key space ([Keys#FIRST] to [Keys#END]) passes every revision; a narrower
  /// one need not tell of revisions without events of its own.
  ///
  /// @throws StoreException.Compacted when `afterRevision` is older than the last compaction; where
  ///   the store learns of it later, [StoreWatch#poll] throws it
  StoreWatch watch(String start, String end, long afterRevision);

  /// A linearizable read of the latest revision, without values.
  long revision();

  /// Makes history before `revision` unreadable: what was current at `revision` can still be read
  /// at it, and a watch may still resume after it. Does nothing when that was compacted already.
  ///
  /// @throws StoreException.FutureRevision when the revision has not happened yet
  void compact(long revision);

  /// A lease: keys written with it vanish together, in one transaction, when it is not kept alive
  /// for `timeToLive` (at least 1 s; a store may make it a little longer, never shorter).
  Lease grant(Duration timeToLive);

  @Override
  void close();

  /// The end of the range of all keys that begin with `prefix`: the prefix with its last character
  /// incremented.
  static String prefixEnd(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  /// A time-bound right to exist for the keys written under it.
  interface Lease {
    long id();

    /// Starts the time to live anew.
    ///
    /// @throws StoreException.LeaseNotFound when it has expired or was revoked
    void keepAlive();

    /// Ends the lease at once; its keys vanish. Idempotent.
    void revoke();
  }
}
