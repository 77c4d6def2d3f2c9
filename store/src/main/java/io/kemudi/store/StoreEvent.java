package io.kemudi.store;

import org.jspecify.annotations.Nullable;

/// A change of one key. `previous` is the pair before it (null: there was none, or it is no longer
/// kept).
public sealed interface StoreEvent {
  String key();

  /// The revision of the transaction.
  long revision();

  @Nullable KeyValue previous();

  record Put(KeyValue current, @Nullable KeyValue previous) implements StoreEvent {
    @Override
    public String key() {
      return current.key();
    }

    @Override
    public long revision() {
      return current.modRevision();
    }
  }

  record Delete(String key, long revision, @Nullable KeyValue previous) implements StoreEvent {}
}
