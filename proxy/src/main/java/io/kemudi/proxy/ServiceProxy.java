package io.kemudi.proxy;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.Informers;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.lifecycle.Component;
import io.kemudi.proxy.dataplane.Dataplane;
import io.kemudi.proxy.dataplane.RulesChange;
import io.kemudi.proxy.tracker.ServiceTracker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the node's [Dataplane] in step with the cluster's Services. Events say which services to
/// look at, the local copies what they are like: a round costs what changed. The whole state is
/// applied at the start, after a round that failed, and when somebody has taken our rules away.
public final class ServiceProxy implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);

  private static final String BY_SERVICE = "proxy-service";

  /// How often to look whether the first state has arrived: an empty one wakes nobody.
  private static final long FIRST_LOOK_MS = 50;

  private final ServiceProxyConfig config;
  private final Informer<Service> services;
  private final Informer<EndpointSlice> slices;
  private final Dataplane dataplane;
  private final ServiceTracker tracker;
  private final Semaphore woken = new Semaphore(1);
  private Set<ObjectKey> changed = new HashSet<>(); // services; guarded by this
  private boolean whole = true; // nothing that is in place can be relied on
  private volatile boolean synced;
  private volatile boolean closed;
  private @Nullable Thread worker;
  private @Nullable HttpServer health;

  /// @param informers shared; started by whoever owns them
  public ServiceProxy(ServiceProxyConfig config, Informers informers, Dataplane dataplane) {
    this.config = config;
    this.services = informers.informer(ResourceTypes.SERVICES);
    this.slices = informers.informer(ResourceTypes.ENDPOINT_SLICES);
    this.dataplane = dataplane;
    this.tracker = new ServiceTracker(config.node(), config.externalIps());
    slices.addIndex(
        BY_SERVICE,
        slice -> {
          ObjectKey service = ServiceTracker.serviceOf(slice);
          return service == null ? List.of() : List.of(service.toString());
        });
    services.addHandler(lookAt(ResourceTypes.SERVICES::key));
    slices.addHandler(lookAt(ServiceTracker::serviceOf));
  }

  private <T> EventHandler<T> lookAt(Function<T, @Nullable ObjectKey> service) {
    return new EventHandler<>() {
      @Override
      public void onAdd(T object) {
        lookAt(service.apply(object));
      }

      @Override
      public void onUpdate(T before, T after) {
        lookAt(service.apply(before));
        lookAt(service.apply(after));
      }

      @Override
      public void onDelete(T object) {
        lookAt(service.apply(object));
      }
    };
  }

  private void lookAt(@Nullable ObjectKey service) {
    if (service != null) {
      synchronized (this) {
        changed.add(service);
      }
      woken.release();
    }
  }

  private synchronized Set<ObjectKey> takeChanged() {
    Set<ObjectKey> taken = changed;
    changed = new HashSet<>();
    return taken;
  }

  @Override
  public String name() {
    return "proxy";
  }

  @Override
  public void start() throws IOException {
    HttpServer server =
        new HttpServer(HttpServerConfig.plain("proxy-health", config.health()), this::answer);
    server.start();
    health = server;
    // nft is a program that is waited for: a platform thread, so that it holds no carrier.
    worker = Thread.ofPlatform().name("proxy").daemon().start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        long waitMs = synced ? config.resync().toMillis() : FIRST_LOOK_MS;
        boolean news = woken.tryAcquire(waitMs, TimeUnit.MILLISECONDS);
        if (news) {
          TimeUnit.MILLISECONDS.sleep(config.settle().toMillis());
          woken.drainPermits();
        }
        if (!syncOnce(!news)) {
          TimeUnit.SECONDS.sleep(1);
          woken.release();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the proxy ends");
    }
  }

  /// One round; false when it failed and must be tried again.
  ///
  /// @param idle nothing has happened for a while: the time to look whether the rules are in place
  private boolean syncOnce(boolean idle) {
    if (!services.hasSynced() || !slices.hasSynced()) {
      return true; // half a picture would cut services off
    }
    for (ObjectKey key : takeChanged()) {
      tracker.update(
          key, services.lister().get(key), slices.lister().byIndex(BY_SERVICE, key.toString()));
    }
    RulesChange change = tracker.takeChange();
    try {
      apply(change, idle);
      synced = true;
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.error("services are not up to date on this node", e);
      whole = true;
      return false;
    }
  }

  private void apply(RulesChange change, boolean idle) throws IOException {
    if (idle && !whole && !dataplane.intact()) {
      LOG.warn("somebody has taken the rules of services away, they are made anew");
      whole = true;
    }
    if (whole) {
      dataplane.apply(tracker.all());
      whole = false;
    } else if (!change.isEmpty()) {
      dataplane.change(change);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    boolean known =
        switch (exchange.path()) {
          case "/healthz", "/livez", "/readyz" -> true;
          default -> false;
        };
    boolean good = known && (exchange.path().equals("/livez") || ready());
    exchange.respond(
        known ? good ? 200 : 503 : 404,
        Headers.of("Content-Type", "text/plain"),
        (good ? "ok" : known ? "services are not synced yet" : "not found")
            .getBytes(StandardCharsets.UTF_8));
  }

  /// The port of the health server.
  public int healthPort() {
    HttpServer server = health;
    if (server == null) {
      throw new IllegalStateException("the proxy is not started");
    }
    return server.port();
  }

  @Override
  public boolean ready() {
    return synced && !closed;
  }

  @Override
  public void close() {
    closed = true;
    if (worker != null) {
      worker.interrupt();
    }
    if (health != null) {
      health.close();
    }
    dataplane.close();
  }
}
