package io.kemudi.apiserver.registry;

import io.kemudi.apiserver.storage.ObjectStorage.Beside;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gives a kind's objects what must be unique in the cluster (addresses, ports), in the transaction
/// that writes them. Called inside the compare-and-set loop: computes from the caches, writes
/// nothing itself, and may be called again.
public interface Allocator {
  /// Fills in `object` and answers what has to be written with it. `old` is null at creation.
  Beside allocate(
      Map<String, @Nullable Object> object,
      @Nullable Map<String, @Nullable Object> old,
      boolean dryRun);

  /// What has to be written when the object goes.
  Beside release(Map<String, @Nullable Object> object);
}
