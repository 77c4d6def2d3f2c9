package io.kemudi.store;

import java.util.ArrayList;
import java.util.List;

/// A compare-and-set over any number of keys: all conditions hold and all writes happen under one
/// revision, or nothing happens. A key is written at most once.
public record Txn(List<Condition> conditions, List<Write> writes) {
  public Txn {
    conditions = List.copyOf(conditions);
    writes = List.copyOf(writes);
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
