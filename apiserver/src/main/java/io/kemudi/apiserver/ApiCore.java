package io.kemudi.apiserver;

import io.kemudi.apiserver.admission.AdmissionChain;
import io.kemudi.apiserver.registry.Registries;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.storage.CacheFeed;
import io.kemudi.apiserver.storage.Transformer;
import io.kemudi.lifecycle.Component;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// The API server below its fronts: from a store to a started [Registry]. The HTTP front, the gRPC
/// service and parts in the same process all stand on the one [#registry].
///
/// [#start] loads the caches and creates what a fresh server has by itself. The store is the
/// caller's to close, after this.
public final class ApiCore implements Component {
  private final CacheFeed feed;
  private final Registry registry;

  /// With virtual threads and a seed from the system; for processes.
  public ApiCore(Store store, ApiCoreConfig config, Timers timers) {
    this(
        store,
        config,
        timers,
        new java.security.SecureRandom(),
        Transformer.IDENTITY,
        task -> Thread.ofVirtual().name("cache-feed").start(task));
  }

  /// `executor` runs the steps that feed the caches; with `Runnable::run` and a seeded `random` a
  /// run is repeatable.
  public ApiCore(
      Store store,
      ApiCoreConfig config,
      Timers timers,
      RandomGenerator random,
      Transformer transformer,
      Executor executor) {
    feed = new CacheFeed(store, timers, executor);
    registry =
        Registries.over(
            ResourceTable.builtIn(),
            new Registries.Parts(
                store,
                timers,
                random,
                transformer,
                feed,
                reader -> AdmissionChain.NONE,
                reader -> Map.of()));
  }

  public Registry registry() {
    return registry;
  }

  @Override
  public String name() {
    return "apiserver-core";
  }

  @Override
  public void start() {
    feed.start();
  }

  @Override
  public boolean ready() {
    return feed.ready();
  }

  @Override
  public void close() {
    feed.close();
  }
}
