package io.kemudi.apiserver;

import io.kemudi.apiserver.admission.DefaultPlugins;
import io.kemudi.apiserver.bootstrap.Bootstrap;
import io.kemudi.apiserver.custom.Definitions;
import io.kemudi.apiserver.custom.StoredDefinitions;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.apiserver.registry.Registries;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import io.kemudi.apiserver.service.ServiceAllocator;
import io.kemudi.apiserver.storage.CacheFeed;
import io.kemudi.lifecycle.Component;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// The API server below its fronts: from a store to a started [Registry]. The HTTP front, the gRPC
/// service and parts in the same process all stand on the one [#registry].
///
/// [#start] loads the caches and creates what a fresh server has by itself. The store is the
/// caller's to close, after this.
public final class ApiCore implements Component {
  private final Store store;
  private final ApiCoreConfig config;
  private final Timers timers;
  private final CacheFeed feed;
  private final Registry registry;
  private final Definitions definitions;
  private volatile boolean bootstrapped;

  /// With virtual threads and a seed from the system; for processes.
  public ApiCore(Store store, ApiCoreConfig config, Timers timers) {
    this(
        store,
        config,
        timers,
        new java.security.SecureRandom(),
        task -> Thread.ofVirtual().name("cache-feed").start(task));
  }

  /// `executor` runs the steps that feed the caches; with `Runnable::run` and a seeded `random` a
  /// run is repeatable.
  public ApiCore(
      Store store, ApiCoreConfig config, Timers timers, RandomGenerator random, Executor executor) {
    this.store = store;
    this.config = config;
    this.timers = timers;
    feed = new CacheFeed(store, timers, executor);
    registry =
        Registries.over(
            ResourceTable.builtIn(),
            new Registries.Parts(
                store,
                timers,
                random,
                config.transformers(),
                feed,
                reader -> DefaultPlugins.chain(reader, random, timers, config.disabledAdmission()),
                reader -> Map.of("services", services(reader, store, timers, random))));
    definitions = new Definitions(registry, timers, executor);
  }

  private ServiceAllocator services(
      ObjectReader reader, Store store, Timers timers, RandomGenerator random) {
    return new ServiceAllocator(
        reader,
        store,
        timers,
        random,
        config.serviceRange(),
        config.nodePortFirst(),
        config.nodePortLast());
  }

  public Registry registry() {
    return registry;
  }

  /// The revision that was the newest at a time.
  ///
  /// @throws io.kemudi.apimachinery.errors.ApiException EXPIRED for times that are not remembered
  public long revisionAt(Instant time) {
    return feed.revisionAt(time);
  }

  @Override
  public String name() {
    return "apiserver-core";
  }

  @Override
  public void start() {
    ResourceRow row = registry.resources().need(Definitions.GROUP, "v1", Definitions.RESOURCE);
    definitions.prepare(
        StoredDefinitions.read(store, row, config.transformers().of(row.qualifiedResource())));
    feed.start();
    definitions.start();
    new Bootstrap(registry, timers)
        .run(config.serviceRange(), config.advertiseAddress(), config.advertisePort());
    bootstrapped = true;
  }

  @Override
  public boolean ready() {
    return bootstrapped && feed.ready();
  }

  @Override
  public void close() {
    definitions.close();
    feed.close();
  }
}
