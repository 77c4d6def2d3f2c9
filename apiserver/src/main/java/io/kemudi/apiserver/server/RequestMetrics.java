package io.kemudi.apiserver.server;

import io.kemudi.apiserver.rest.ApiRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How long requests take, by verb and resource. Labels come from what the server knows, never from
/// the URL, so that nobody can fill its memory with them.
final class RequestMetrics implements HandlerChain.RequestObserver {
  private static final int MAX_SERIES = 2000;

  private final MeterRegistry registry;
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

  private record Key(String verb, String group, String version, String resource, String part) {}

  RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void answered(ApiRequest request, long tookNs) {
    RequestInfo info = request.info();
    if (!info.isResource() || info.verb().equals("watch") || timers.size() > MAX_SERIES) {
      return;
    }
    timers
        .computeIfAbsent(
            new Key(info.verb(), info.group(), info.version(), info.resource(), info.subresource()),
            this::timer)
        .record(tookNs, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Key key) {
    return Timer.builder("apiserver_request_duration")
        .tag("verb", key.verb.toUpperCase(java.util.Locale.ROOT))
        .tag("group", key.group)
        .tag("version", key.version)
        .tag("resource", key.resource)
        .tag("subresource", key.part)
        .register(registry);
  }
}
