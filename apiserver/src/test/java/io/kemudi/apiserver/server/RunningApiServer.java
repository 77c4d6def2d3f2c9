package io.kemudi.apiserver.server;

import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServerConfig.Authentication;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.Pem;
import io.kemudi.http.TestAuthority;
import io.kemudi.http.TlsMaterial;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A whole API server on a store in memory, on a free port, for tests.
final class RunningApiServer implements AutoCloseable {
  static final String ADMIN_TOKEN = "admin-token";
  static final String ALICE_TOKEN = "alice-token";

  final TestAuthority authority = new TestAuthority("kemudi-test-ca");
  final SystemTimers timers = new SystemTimers();
  final MemoryStore store = new MemoryStore(timers);
  final ApiServer server;
  final HttpClient client;

  RunningApiServer() throws Exception {
    this(Auditor.NONE);
  }

  RunningApiServer(String issuer, Map<String, User> tokens, ApiCoreConfig core) throws Exception {
    this(issuer, tokens, core, Authentication.DEFAULT, Auditor.NONE);
  }

  /// With the usual users.
  RunningApiServer(Auditor auditor) throws Exception {
    this(
        "https://kubernetes.default.svc.cluster.local",
        Map.of(
            ADMIN_TOKEN, User.of("admin", User.MASTERS), ALICE_TOKEN, User.of("alice", "team-a")),
        ApiCoreConfig.DEFAULT,
        Authentication.DEFAULT,
        auditor);
  }

  /// With the usual users.
  RunningApiServer(Authentication authentication) throws Exception {
    this(
        "https://kubernetes.default.svc.cluster.local",
        Map.of(ADMIN_TOKEN, User.of("admin", User.MASTERS)),
        ApiCoreConfig.DEFAULT,
        authentication,
        Auditor.NONE);
  }

  private RunningApiServer(
      String issuer,
      Map<String, User> tokens,
      ApiCoreConfig core,
      Authentication authentication,
      Auditor auditor)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair accounts = generator.generateKeyPair();
    TlsMaterial serving = authority.issue("CN=kube-apiserver");
    server =
        new ApiServer(
            new ApiServerConfig(
                new InetSocketAddress("127.0.0.1", 0),
                "",
                serving,
                List.of(authority.certificate),
                new ApiServerConfig.Accounts(
                    issuer, List.of(), accounts.getPrivate(), List.of(accounts.getPublic())),
                authority.issue("CN=kubelet-client,O=system:masters"),
                List.of(authority.certificate),
                tokens,
                authentication,
                auditor,
                core),
            store,
            timers,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    server.start();
    client =
        HttpClient.newBuilder()
            .sslContext(HttpConnection.clientTls(List.of(authority.certificate), null))
            .build();
  }

  /// One request with a bearer token ("" for none).
  HttpResponse<String> send(
      String token, String method, String target, @Nullable String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + target))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    boolean typed = false;
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
      typed |= headers[i].equals("Content-Type");
    }
    if (body != null && !typed) {
      request.header("Content-Type", "application/json");
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String target, String... headers) throws Exception {
    return send(ADMIN_TOKEN, "GET", target, null, headers);
  }

  HttpResponse<String> post(String target, String body) throws Exception {
    return send(ADMIN_TOKEN, "POST", target, body);
  }

  /// A kubeconfig for an administrator by client certificate.
  Path kubeconfig(Path dir) throws Exception {
    TlsMaterial admin = authority.issue("O=system:masters,CN=kubernetes-admin");
    String config =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}
        users:
        - name: admin
          user: {client-certificate-data: %s, client-key-data: %s}
        contexts:
        - name: test
          context: {cluster: test, user: admin}
        current-context: test
        """
            .formatted(
                server.port(),
                base64(Pem.write(authority.certificate)),
                base64(Pem.write(admin.chain().getFirst())),
                base64(Pem.write(admin.key())));
    return Files.writeString(dir.resolve("kubeconfig"), config);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.close();
    server.close();
    store.close();
    timers.close();
  }
}
