package io.kemudi.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A compare-and-set over any number of keys: all conditions hold and all writes happen under one
/// revision, or nothing happens. A key is written at most once.
public record Txn(List<Condition> conditions, List<Write> writes) {
  public Txn {
    conditions = List.copyOf(conditions);
    writes = List.copyOf(writes);
    requireDistinct(writes);
  }

  private static void requireDistinct(List<Write> writes) {
    if (writes.size() < 2) {
      return;
    }
    var keys = HashSet.<String>newHashSet(writes.size());
    for (Write write : writes) {
      if (!keys.add(write.key())) {
        throw new IllegalArgumentException("a transaction writes " + write.key() + " twice");
      }
    }
  }

  /// Checks the limits that hold on every store.
  ///
  /// @throws StoreException.TooLarge when one is passed
  public void requireWithinLimits() {
    requireCount("conditions", conditions.size());
    requireCount("writes", writes.size());
    long sizeBytes = 0;
    for (Write write : writes) {
      sizeBytes += write.key().length();
      if (write instanceof Put put) {
        requireValueSize(put);
        sizeBytes += put.value().length;
      }
    }
    if (sizeBytes > Store.MAX_TRANSACTION_BYTES) {
      throw new StoreException.TooLarge(
          "a transaction of %d bytes is over the limit of %d"
              .formatted(sizeBytes, Store.MAX_TRANSACTION_BYTES));
    }
  }

  private static void requireCount(String what, int count) {
    if (count > Store.MAX_TRANSACTION_KEYS) {
      throw new StoreException.TooLarge(
          "a transaction of %d %s is over the limit of %d"
              .formatted(count, what, Store.MAX_TRANSACTION_KEYS));
    }
  }

  private static void requireValueSize(Put put) {
    if (put.value().length > Store.MAX_VALUE_BYTES) {
      throw new StoreException.TooLarge(
          "the value of %s has %d bytes, the limit is %d"
              .formatted(put.key(), put.value().length, Store.MAX_VALUE_BYTES));
    }
  }

  /// Holds when the key's `modRevision` is `modRevision`; 0 means that the key does not exist.
  public record Condition(String key, long modRevision) {}

  /// A change of one key.
  public sealed interface Write {
    String key();
  }

  public record Put(String key, byte[] value, long lease) implements Write {}

  /// Removes the key; removing one that does not exist is no event.
  public record Delete(String key) implements Write {}

  public static Builder builder() {
    return new Builder();
  }

  /// Collects conditions and writes. Not thread-safe.
  public static final class Builder {
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();

    public Builder ifModRevision(String key, long modRevision) {
      conditions.add(new Condition(key, modRevision));
      return this;
    }

    public Builder ifAbsent(String key) {
      return ifModRevision(key, 0);
    }

    public Builder put(String key, byte[] value) {
      writes.add(new Put(key, value, 0));
      return this;
    }

    public Builder put(String key, byte[] value, long lease) {
      writes.add(new Put(key, value, lease));
      return this;
    }

    public Builder delete(String key) {
      writes.add(new Delete(key));
      return this;
    }

    public Txn build() {
      return new Txn(conditions, writes);
    }
  }
}
