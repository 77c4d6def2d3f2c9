package io.kemudi.simulation.replay;

import io.kemudi.client.rest.Kubeconfig;
import io.kemudi.client.rest.RestEndpoint;
import io.kemudi.time.SystemTimers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Any Kubernetes API server, reached by a kubeconfig of an administrator. The recorded users are
/// impersonated.
final class ForeignServer implements Target {
  private final SystemTimers timers = new SystemTimers();
  private final RestEndpoint endpoint;
  private final HttpClient client;

  ForeignServer(Path kubeconfig) throws IOException {
    try {
      endpoint = Kubeconfig.load(kubeconfig, timers);
    } catch (IOException | RuntimeException e) {
      timers.close();
      throw e;
    }
    HttpClient.Builder builder = HttpClient.newBuilder();
    if (endpoint.tls() != null) {
      builder.sslContext(endpoint.tls());
    }
    client = builder.build();
  }

  @Override
  public URI server() {
    return endpoint.server();
  }

  @Override
  public HttpClient client() {
    return client;
  }

  @Override
  public List<String> identity(String as) {
    return switch (as) {
      case "admin" -> credentials();
      case "alice" -> impersonating("alice", "team-a");
      case "node-a" -> impersonating("system:node:node-a", "system:nodes");
      case "kcm" -> impersonating("system:kube-controller-manager", "system:authenticated");
      case "anonymous" -> impersonating("system:anonymous", "system:unauthenticated");
      default -> List.of("Authorization", "Bearer " + as);
    };
  }

  private List<String> credentials() {
    String token = endpoint.bearerToken().get();
    return token.isEmpty() ? List.of() : List.of("Authorization", "Bearer " + token);
  }

  private List<String> impersonating(String user, String group) {
    var headers = new ArrayList<>(credentials());
    headers.addAll(List.of("Impersonate-User", user, "Impersonate-Group", group));
    return headers;
  }

  @Override
  public boolean foreign() {
    return true;
  }

  @Override
  public void close() {
    client.close();
    timers.close();
  }
}
