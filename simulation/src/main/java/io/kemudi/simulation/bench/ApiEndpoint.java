package io.kemudi.simulation.bench;

import java.util.List;
import javax.net.ssl.SSLContext;

/// The API server under load: where it listens, how to trust it and be trusted. `processes` are the
/// ids of its local processes by name (`server`, `store`), whose CPU time is counted; empty when it
/// is elsewhere.
public record ApiEndpoint(
    String host,
    int port,
    SSLContext tls,
    List<String> headers,
    java.util.Map<String, Long> processes) {
  public ApiEndpoint {
    headers = List.copyOf(headers);
    processes = java.util.Map.copyOf(processes);
  }
}
