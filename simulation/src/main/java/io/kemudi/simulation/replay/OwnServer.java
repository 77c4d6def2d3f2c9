package io.kemudi.simulation.replay;

import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServer;
import io.kemudi.apiserver.server.ApiServerConfig;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.TlsMaterial;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// An API server of ours in this process, set up as the recorded one was: on a store in memory, on
/// a free port of the loopback address, with the recorded users as static tokens.
final class OwnServer implements Target {
  /// As in the recording: shown in the Service `kubernetes`.
  private static final int ADVERTISED_PORT = 27443;

  private static final ApiCoreConfig CORE =
      new ApiCoreConfig(
          "10.0.0.0/16",
          ApiCoreConfig.DEFAULT.nodePortFirst(),
          ApiCoreConfig.DEFAULT.nodePortLast(),
          "192.0.2.10",
          ADVERTISED_PORT,
          // off by default upstream, and so on the recorded server
          List.of("NodeRestriction"));

  private static final Map<String, User> USERS =
      Map.of(
          "admin",
          new User("admin", "admin", List.of(User.MASTERS), Map.of()),
          "alice",
          new User("alice", "alice-uid", List.of("team-a"), Map.of()),
          "node-a",
          new User("system:node:node-a", "node-a", List.of("system:nodes"), Map.of()),
          "kcm",
          User.of("system:kube-controller-manager"));

  private final SystemTimers timers = new SystemTimers();
  private final MemoryStore store = new MemoryStore(timers);
  private final TlsMaterial identity;
  private final ApiServer server;
  private final HttpClient client;

  private OwnServer(TlsMaterial identity, KeyPair accounts) throws IOException {
    this.identity = identity;
    server =
        new ApiServer(
            new ApiServerConfig(
                new InetSocketAddress("127.0.0.1", 0),
                "",
                identity,
                identity.chain(),
                new ApiServerConfig.Accounts(
                    "https://kubernetes.default.svc",
                    List.of(),
                    accounts.getPrivate(),
                    List.of(accounts.getPublic())),
                identity,
                identity.chain(),
                USERS,
                CORE),
            store,
            timers,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    client =
        HttpClient.newBuilder()
            .sslContext(HttpConnection.clientTls(identity.chain(), null))
            .build();
  }

  static OwnServer start() throws Exception {
    var started = new OwnServer(TemporaryIdentity.make(), accountKeys());
    try {
      started.server.start();
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  /// RSA, as in the recording: tokens tell.
  private static KeyPair accountKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  /// Who signed its certificate.
  X509Certificate authority() {
    return identity.chain().getFirst();
  }

  @Override
  public URI server() {
    return URI.create("https://127.0.0.1:" + server.port());
  }

  @Override
  public HttpClient client() {
    return client;
  }

  @Override
  public List<String> identity(String as) {
    return as.equals("anonymous") ? List.of() : List.of("Authorization", "Bearer " + as);
  }

  @Override
  public boolean foreign() {
    return false;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    store.close();
    timers.close();
  }
}
