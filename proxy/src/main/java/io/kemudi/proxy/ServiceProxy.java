package io.kemudi.proxy;

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
import io.kemudi.proxy.tracker.ServiceTracker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the node's [Dataplane] in step with the cluster's Services. Level-based: every round works
/// out the whole state from the local copies, and the dataplane finds what is new in it.
public final class ServiceProxy implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);

  /// How often to look whether the first state has arrived: an empty one wakes nobody.
  private static final long FIRST_LOOK_MS = 50;

  private final ServiceProxyConfig config;
  private final Informer<Service> services;
  private final Informer<EndpointSlice> slices;
  private final Dataplane dataplane;
  private final ServiceTracker tracker;
  private final Semaphore changed = new Semaphore(1);
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
    services.addHandler(wake());
    slices.addHandler(wake());
  }

  private <T> EventHandler<T> wake() {
    return new EventHandler<>() {
      @Override
      public void onAdd(T object) {
        changed.release();
      }

      @Override
      public void onUpdate(T before, T after) {
        changed.release();
      }

      @Override
      public void onDelete(T object) {
        changed.release();
      }
    };
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
        boolean woken = changed.tryAcquire(waitMs, TimeUnit.MILLISECONDS);
        if (woken) {
          TimeUnit.MILLISECONDS.sleep(config.settle().toMillis());
          changed.drainPermits();
        }
        if (!syncOnce()) {
          TimeUnit.SECONDS.sleep(1);
          changed.release();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the proxy ends");
    }
  }

  /// One round; false when it failed and must be tried again.
  boolean syncOnce() {
    if (!services.hasSynced() || !slices.hasSynced()) {
      return true; // half a picture would cut services off
    }
    try {
      dataplane.apply(tracker.compute(services.lister().list(), slices.lister().list()));
      synced = true;
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.error("services are not up to date on this node", e);
      return false;
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
