package io.kemudi.store.etcd;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the members of an etcd cluster are and how to reach them.
///
/// `callTimeout` bounds every call; a watch that has caught up is cut off when more than
/// `watchBufferEvents` events wait to be polled.
public record EtcdConfig(
    List<URI> endpoints, @Nullable Tls tls, Duration callTimeout, int watchBufferEvents) {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final int WATCH_BUFFER_EVENTS = 16_384;

  /// PEM files: the authority that signed the servers' certificates, and our own certificate with
  /// its key, both or neither.
  public record Tls(Path ca, @Nullable Path certificate, @Nullable Path key) {
    public Tls {
      if ((certificate == null) != (key == null)) {
        throw new IllegalArgumentException(
            "an etcd client certificate needs its key, and vice versa");
      }
    }
  }

  public EtcdConfig {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no etcd endpoint is given");
    }
    for (URI endpoint : endpoints) {
      requireUsable(endpoint, tls);
    }
  }

  private static void requireUsable(URI endpoint, @Nullable Tls tls) {
    if (endpoint.getHost() == null || endpoint.getPort() < 0 || endpoint.getScheme() == null) {
      throw new IllegalArgumentException(
          "etcd endpoint " + endpoint + " is not of the form https://HOST:PORT");
    }
    boolean secure = endpoint.getScheme().equals("https");
    if (!secure && !endpoint.getScheme().equals("http")) {
      throw new IllegalArgumentException(
          "etcd endpoint " + endpoint + " is neither http nor https");
    }
    if (secure != (tls != null)) {
      throw new IllegalArgumentException(
          "etcd endpoint "
              + endpoint
              + (secure ? " needs a CA file" : " is http, but TLS is set up"));
    }
  }

  /// Plain http, for loopback.
  public static EtcdConfig plain(URI... endpoints) {
    return new EtcdConfig(List.of(endpoints), null, CALL_TIMEOUT, WATCH_BUFFER_EVENTS);
  }

  public static EtcdConfig secure(Tls tls, List<URI> endpoints) {
    return new EtcdConfig(endpoints, tls, CALL_TIMEOUT, WATCH_BUFFER_EVENTS);
  }

  public EtcdConfig watchBufferEvents(int events) {
    return new EtcdConfig(endpoints, tls, callTimeout, events);
  }

  public EtcdConfig callTimeout(Duration timeout) {
    return new EtcdConfig(endpoints, tls, timeout, watchBufferEvents);
  }
}
