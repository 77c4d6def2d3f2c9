package io.kemudi.scheduler;

import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.lifecycle.Component;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/metrics` and the probes of a scheduler, over plain HTTP: for an address that only those can
/// reach who may know, such as loopback.
public final class SchedulerEndpoint implements Component {
  private final InetSocketAddress address;
  private final BooleanSupplier ready;
  private final Supplier<String> metrics;
  private @Nullable HttpServer server;

  /// @param address where to listen; port 0 picks a free one
  /// @param metrics the metrics in Prometheus' text form
  public SchedulerEndpoint(
      InetSocketAddress address, BooleanSupplier ready, Supplier<String> metrics) {
    this.address = address;
    this.ready = ready;
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return "scheduler-endpoint";
  }

  @Override
  public void start() throws IOException {
    HttpServer started =
        new HttpServer(HttpServerConfig.plain("scheduler-endpoint", address), this::answer);
    started.start();
    server = started;
  }

  /// Where it listens, once it is started.
  public int port() {
    if (server == null) {
      throw new IllegalStateException("the endpoint is not started");
    }
    return server.port();
  }

  private void answer(HttpExchange exchange) throws IOException {
    switch (exchange.path()) {
      case "/metrics" ->
          respond(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
      case "/livez" -> respond(exchange, 200, "text/plain", "ok");
      case "/healthz", "/readyz" -> {
        boolean good = ready.getAsBoolean();
        respond(exchange, good ? 200 : 503, "text/plain", good ? "ok" : "not synced yet");
      }
      default -> respond(exchange, 404, "text/plain", "not found");
    }
  }

  private static void respond(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    exchange.respond(
        status, Headers.of("Content-Type", type), text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean ready() {
    return server != null;
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
