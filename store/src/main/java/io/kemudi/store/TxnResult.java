package io.kemudi.store;

import java.util.List;

/// How a transaction ended.
public sealed interface TxnResult {
  /// The store's revision after the transaction; its writes carry it.
  long revision();

  record Committed(long revision) implements TxnResult {}

  /// A condition did not hold. `current` has the pairs that exist among the keys of the conditions,
  /// in the order of the conditions, as they were at `revision`.
  record Conflict(long revision, List<KeyValue> current) implements TxnResult {}
}
