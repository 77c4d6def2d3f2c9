package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import io.kemudi.apiserver.storage.ObjectStorage.Change;
import io.kemudi.apiserver.storage.ObjectStorage.Changed;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Changes of several objects that are done together or not at all. Not thread-safe; for one
/// attempt.
public final class Transaction {
  private static final int MAX_OBJECTS = 100;
  private static final int MAX_BYTES = 1 << 20;

  /// A revision that no key has.
  private static final long NEVER = Long.MAX_VALUE;

  /// The revision of objects that are planned and not written yet.
  public static final long PLANNED = -1;

  private final Store store;
  private final Txn.Builder txn = Txn.builder();
  private final Set<String> keys = new HashSet<>();

  /// What the objects demand of other keys and write there: key -> revision, key -> write.
  private final Map<String, Long> conditions = new LinkedHashMap<>();

  private final Map<String, Txn.Write> beside = new LinkedHashMap<>();
  private int bytes;

  public Transaction(Store store) {
    this.store = store;
  }

  /// Plans a change of what is there now. The object answered has no revision yet.
  public Changed add(
      ObjectStorage storage,
      String namespace,
      String name,
      Function<@Nullable StoredObject, Change> change) {
    String key = storage.resource().key(namespace, name);
    if (!keys.add(key)) {
      throw ApiException.badRequest("a transaction writes " + key + " twice");
    }
    if (keys.size() > MAX_OBJECTS) {
      throw ApiException.badRequest("a transaction of more than " + MAX_OBJECTS + " objects");
    }
    StoredObject current = storage.latest(namespace, name);
    txn.ifModRevision(key, current == null ? 0 : current.revision());
    return switch (change.apply(current)) {
      case Change.None() -> {
        if (current == null) {
          throw new IllegalStateException("a change left nothing as it was");
        }
        yield new Changed(current, false, false);
      }
      case Change.Put(byte[] message, Beside beside) -> {
        byte[] value = storage.resource().write(key, message);
        count(value.length);
        txn.put(key, value);
        gather(beside);
        byte[] normal = storage.resource().writing(key, message, current == null).normal();
        yield new Changed(planned(storage, namespace, name, normal), false, true);
      }
      case Change.Remove(byte[] last, Beside beside) -> {
        count(0);
        txn.delete(key);
        gather(beside);
        yield new Changed(planned(storage, namespace, name, last), true, true);
      }
    };
  }

  private static StoredObject planned(
      ObjectStorage storage, String namespace, String name, byte[] message) {
    return new StoredObject(storage.resource().formOf(message), namespace, name, message, PLANNED);
  }

  private void count(int size) {
    bytes += size;
    if (bytes > MAX_BYTES) {
      throw ApiException.badRequest("a transaction of more than " + MAX_BYTES + " bytes");
    }
  }

  /// The value that an earlier object of this transaction has planned for a key beside it; null for
  /// none.
  public byte @Nullable [] planned(String key) {
    return beside.get(key) instanceof Txn.Put put ? put.value() : null;
  }

  private void gather(Beside more) {
    for (Txn.Condition condition : more.conditions()) {
      gather(condition, more.building().contains(condition.key()));
    }
    more.writes().forEach(write -> beside.put(write.key(), write));
  }

  private void gather(Txn.Condition condition, boolean building) {
    Long known = conditions.putIfAbsent(condition.key(), condition.modRevision());
    if (known == null) {
      if (!keys.add(condition.key())) {
        throw ApiException.badRequest(
            "a transaction writes " + condition.key() + " itself and beside another object");
      }
    } else if (!building) {
      throw ApiException.badRequest(
          "two objects of a transaction allocate from " + condition.key());
    } else if (known != condition.modRevision()) {
      // It changed between the two: the whole is tried anew.
      conditions.put(condition.key(), NEVER);
    }
  }

  /// The revision of the writes; 0 when something has changed meanwhile and nothing was written.
  public long commit() {
    conditions.forEach(txn::ifModRevision);
    for (Txn.Write write : beside.values()) {
      switch (write) {
        case Txn.Put put -> txn.put(put.key(), put.value(), put.lease());
        case Txn.Delete delete -> txn.delete(delete.key());
      }
    }
    try {
      TxnResult result = store.txn(txn.build());
      return result instanceof TxnResult.Committed(long revision) ? revision : 0;
    } catch (StoreException e) {
      throw ObjectStorage.refused(e);
    }
  }
}
