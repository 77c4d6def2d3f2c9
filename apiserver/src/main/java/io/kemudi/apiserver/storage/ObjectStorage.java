package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.store.KeyValue;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.store.Txn;
import io.kemudi.store.TxnResult;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The objects of one resource: read from the cache, written to the store by compare-and-set.
///
/// A change is a function of what is there to what shall be. It is first given what the cache
/// holds, which may be behind; when the transaction says so, or the function refuses what may be
/// old news, it is given the truth. Blocks; any thread.
public final class ObjectStorage {
  /// Writers that lose this often in a row give up: something writes all the time.
  private static final int MAX_ATTEMPTS = 50;

  private final Store store;
  private final StoredResource resource;
  private final WatchCache cache;
  private final CacheFeed feed;
  private final ResourceLister lister;

  /// The newest revision that a change made here.
  private final LongAccumulator written = new LongAccumulator(Math::max, 0);

  public ObjectStorage(Store store, StoredResource resource, WatchCache cache, CacheFeed feed) {
    this.store = store;
    this.resource = resource;
    this.cache = cache;
    this.feed = feed;
    this.lister = new ResourceLister(store, resource, cache, feed);
  }

  public StoredResource resource() {
    return resource;
  }

  public WatchCache cache() {
    return cache;
  }

  public ResourceLister lister() {
    return lister;
  }

  /// What the cache holds, which may be behind.
  public @Nullable StoredObject cached(String namespace, String name) {
    return cache.get(namespace, name);
  }

  /// The latest truth.
  public @Nullable StoredObject latest(String namespace, String name) {
    feed.awaitLatest();
    return cache.get(namespace, name);
  }

  /// Waits until the cache shows what this server has written of this resource, so that a limit
  /// that was acknowledged here counts for what is written here after it.
  public void awaitOwnWrites() {
    feed.await(written.get());
  }

  /// Waits until the cache shows all that any server has written so far.
  public void awaitLatest() {
    feed.awaitLatest();
  }

  public void await(long revision) {
    feed.await(revision);
  }

  CacheFeed feed() {
    return feed;
  }

  /// What a change makes of an object.
  public sealed interface Change {
    /// Nothing is written; the answer is what is there.
    record None() implements Change {}

    /// `message` has no resourceVersion. What `beside` writes and demands goes into the same
    /// transaction.
    record Put(byte[] message, Beside beside) implements Change {}

    /// `last` is the object as the answer shows it.
    record Remove(byte[] last, Beside beside) implements Change {}
  }

  /// Other keys of the same transaction: what must not have changed meanwhile, and what is written.
  /// `building` are the keys whose new values build on what a [Transaction] of several objects has
  /// planned already, so that several of its objects may write them, one after the other.
  public record Beside(
      List<Txn.Condition> conditions, List<Txn.Write> writes, Set<String> building) {
    public static final Beside NOTHING = new Beside(List.of(), List.of());

    public Beside {
      conditions = List.copyOf(conditions);
      writes = List.copyOf(writes);
      building = Set.copyOf(building);
    }

    public Beside(List<Txn.Condition> conditions, List<Txn.Write> writes) {
      this(conditions, writes, Set.of());
    }

    public boolean isNothing() {
      return conditions.isEmpty() && writes.isEmpty();
    }

    /// The same, all of it [#building].
    public Beside buildingOnPlanned() {
      return new Beside(
          conditions, writes, writes.stream().map(Txn.Write::key).collect(Collectors.toSet()));
    }

    /// Both together.
    public Beside and(Beside other) {
      if (isNothing() || other.isNothing()) {
        return isNothing() ? other : this;
      }
      return new Beside(
          Stream.concat(conditions.stream(), other.conditions.stream()).toList(),
          Stream.concat(writes.stream(), other.writes.stream()).toList(),
          Stream.concat(building.stream(), other.building.stream()).collect(Collectors.toSet()));
    }
  }

  /// How a change ended. `removed` is true when the object is gone; `object` is what it is now, or
  /// was last (under the revision of the removal).
  public record Changed(StoredObject object, boolean removed, boolean written) {}

  /// Changes the object under this name, which may be missing (`change` is given null and may
  /// refuse).
  public Changed change(
      String namespace, String name, Function<@Nullable StoredObject, Change> change) {
    String key = resource.key(namespace, name);
    StoredObject current = cache.get(namespace, name);
    boolean certain = false;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Change wanted;
      try {
        wanted = change.apply(current);
      } catch (ApiException e) {
        if (certain) {
          throw e;
        }
        StoredObject truth = read(key);
        if (sameRevision(truth, current)) {
          throw e;
        }
        current = truth;
        certain = true;
        continue;
      }
      Attempt made = attempt(key, namespace, name, current, wanted, certain);
      if (made.changed != null) {
        return made.changed;
      }
      current = made.current;
      certain = true;
    }
    throw new ApiException(
        StatusReason.SERVER_TIMEOUT, "giving up on " + key + ": others write it all the time");
  }

  private record Attempt(@Nullable Changed changed, @Nullable StoredObject current) {}

  private Attempt attempt(
      String key,
      String namespace,
      String name,
      @Nullable StoredObject current,
      Change wanted,
      boolean certain) {
    return switch (wanted) {
      case Change.None() -> {
        // An unchanged object is only an answer if it is still the latest.
        StoredObject truth = certain ? current : read(key);
        yield truth != null && sameRevision(truth, current)
            ? new Attempt(new Changed(truth, false, false), truth)
            : new Attempt(null, truth);
      }
      case Change.Put(byte[] message, Beside beside) -> {
        Txn.Builder txn = txn(key, current, beside).put(key, resource.write(key, message));
        StoredResource.Written written = resource.writing(key, message, current == null);
        yield commit(
            txn,
            key,
            beside,
            revision -> object(namespace, name, written.normal(), revision),
            false);
      }
      case Change.Remove(byte[] last, Beside beside) -> {
        Txn.Builder txn = txn(key, current, beside).delete(key);
        yield commit(txn, key, beside, revision -> object(namespace, name, last, revision), true);
      }
    };
  }

  private static Txn.Builder txn(String key, @Nullable StoredObject current, Beside beside) {
    Txn.Builder txn = Txn.builder();
    txn.ifModRevision(key, current == null ? 0 : current.revision());
    beside.conditions.forEach(c -> txn.ifModRevision(c.key(), c.modRevision()));
    for (Txn.Write write : beside.writes) {
      switch (write) {
        case Txn.Put put -> txn.put(put.key(), put.value(), put.lease());
        case Txn.Delete delete -> txn.delete(delete.key());
      }
    }
    return txn;
  }

  private Attempt commit(
      Txn.Builder txn,
      String key,
      Beside beside,
      Function<Long, StoredObject> answer,
      boolean removed) {
    TxnResult result;
    try {
      result = store.txn(txn.build());
    } catch (StoreException e) {
      throw refused(e);
    }
    return switch (result) {
      case TxnResult.Committed(long revision) -> {
        written.accumulate(revision);
        yield new Attempt(new Changed(answer.apply(revision), removed, true), null);
      }
      case TxnResult.Conflict(long revision, List<KeyValue> current) -> {
        if (!beside.conditions.isEmpty()) {
          // What stands beside (allocations) is computed from the caches: let them catch up.
          feed.await(revision);
        }
        yield new Attempt(null, find(key, current));
      }
    };
  }

  private @Nullable StoredObject find(String key, List<KeyValue> pairs) {
    for (KeyValue pair : pairs) {
      if (pair.key().equals(key)) {
        return readable(() -> resource.read(pair));
      }
    }
    return null;
  }

  /// A value that the keys given do not decrypt is told as upstream does.
  static <T> T readable(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (UnreadableValueException e) {
      throw new ApiException(
          StatusReason.INTERNAL_ERROR, "Internal error occurred: " + e.getMessage());
    }
  }

  private StoredObject object(String namespace, String name, byte[] message, long revision) {
    return new StoredObject(
        resource.formOf(message),
        namespace,
        name,
        ObjectBytes.withRevision(message, revision),
        revision);
  }

  private static boolean sameRevision(@Nullable StoredObject a, @Nullable StoredObject b) {
    return a == null ? b == null : b != null && a.revision() == b.revision();
  }

  /// The truth about one key, by way of a transaction that writes nothing.
  private @Nullable StoredObject read(String key) {
    try {
      TxnResult result = store.txn(Txn.builder().ifModRevision(key, Long.MAX_VALUE).build());
      return result instanceof TxnResult.Conflict(long _, List<KeyValue> current)
          ? find(key, current)
          : null;
    } catch (StoreException e) {
      throw refused(e);
    }
  }

  /// What a client is told of a store that does not do what it was asked.
  public static ApiException refused(StoreException e) {
    return switch (e) {
      case StoreException.TooLarge _ ->
          new ApiException(
              StatusReason.REQUEST_ENTITY_TOO_LARGE, "etcdserver: request is too large");
      case StoreException.Compacted _ ->
          ApiException.expired("The resourceVersion for the provided list is too old.");
      default -> new ApiException(StatusReason.SERVICE_UNAVAILABLE, "the store: " + e.getMessage());
    };
  }
}
