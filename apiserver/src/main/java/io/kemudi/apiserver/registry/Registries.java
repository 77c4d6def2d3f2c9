package io.kemudi.apiserver.registry;

import io.kemudi.apiserver.admission.AdmissionChain;
import io.kemudi.apiserver.storage.CacheFeed;
import io.kemudi.apiserver.storage.Transformers;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Puts a [Registry] together. `admission` and `allocators` are made from the registry's own
/// reader, since they look at other objects.
public final class Registries {
  private Registries() {}

  /// What is decided outside.
  public record Parts(
      Store store,
      Timers timers,
      RandomGenerator random,
      Transformers transformers,
      CacheFeed feed,
      Function<ObjectReader, AdmissionChain> admission,
      Function<ObjectReader, Map<String, Allocator>> allocators) {}

  /// A registry that serves as soon as the feed has been started.
  public static Registry over(ResourceTable table, Parts parts) {
    ResourceEntries entries =
        ResourceEntries.of(table, parts.store(), parts.feed(), parts.transformers());
    FieldTracker tracker = new OwnershipTracker();
    ObjectReader reader = new CachedReader(entries, tracker, parts.timers());
    WritePath writes =
        new WritePath(
            parts.admission().apply(reader),
            tracker,
            parts.allocators().apply(reader),
            parts.timers(),
            parts.random());
    return new StoreRegistry(parts.store(), entries, writes);
  }
}
