package io.kemudi.simulation.bench;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServer;
import io.kemudi.apiserver.server.ApiServerConfig;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.http.Pem;
import io.kemudi.http.TlsMaterial;
import io.kemudi.lifecycle.Release;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import io.kemudi.store.RawWrites;
import io.kemudi.store.Store;
import io.kemudi.store.etcd.EtcdConfig;
import io.kemudi.store.etcd.EtcdStore;
import io.kemudi.store.sqlite.SqliteStore;
import io.kemudi.time.SystemTimers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The process that a benchmark measures: an API server and a scheduler on a store, on loopback.
/// [BenchSession] starts it.
///
/// `BenchServer DIR [ETCD-URL]` measures the bare store, starts, writes `DIR/kubeconfig`, says `raw
/// PER-SECOND CPU-MS-PER-WRITE` and `ready`, and ends with its standard input. Without a URL the
/// store is SQLite in `DIR`. `DIR/server.p12` holds its key.
final class BenchServer {
  static final String KEY_FILE = "server.p12";
  static final String KEY_PASSWORD = "benchmark"; // of a key that lives as long as the run
  static final String KUBECONFIG = "kubeconfig";

  private static final int RAW_BYTES = 1024; // about what a pod of the benchmark takes in the store
  private static final int RAW_WRITERS = 16;
  private static final Duration RAW_WARM_UP = Duration.ofSeconds(1);
  private static final Duration RAW_TIME = Duration.ofSeconds(2);

  private BenchServer() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    try (var timers = new SystemTimers();
        Store store =
            args.length > 1
                ? EtcdStore.open(EtcdConfig.plain(URI.create(args[1])))
                : SqliteStore.open(dir.resolve("bench.db"), timers)) {
      RawWrites.measure(store, RAW_BYTES, RAW_WRITERS, RAW_WARM_UP);
      var raw = RawWrites.measure(store, RAW_BYTES, RAW_WRITERS, RAW_TIME);
      System.out.printf(
          Locale.ROOT,
          "raw %.0f %.4f%n",
          raw.operationsPerSecond(),
          raw.cpuPerOperation().toNanos() / 1e6);
      serve(dir, store, timers);
    }
  }

  private static void serve(Path dir, Store store, SystemTimers timers) throws Exception {
    var token = new byte[16];
    new SecureRandom().nextBytes(token);
    String bearer = HexFormat.of().formatHex(token);
    TlsMaterial tls = tls(dir);
    try (var server =
        new ApiServer(
            config(tls, bearer),
            store,
            timers,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
      server.start();
      var service =
          new ClusterService(server.registry(), server.authorizer(), Auditor.NONE, Release.VERSION);
      try (var front =
          ClusterServer.inProcess("bench", User.of("system:kube-scheduler"), service)) {
        front.start();
        try (var client =
                new GrpcApiClient(InProcessChannelBuilder.forName("bench").build(), timers);
            var informers = new SharedInformers(client, timers, 1);
            var events = new EventRecorder(client, "default-scheduler", "", timers);
            var scheduler =
                new SchedulerComponent(
                    client, informers, events, SchedulerConfig.DEFAULT, timers)) {
          events.start();
          informers.start();
          scheduler.start();
          Files.writeString(
              dir.resolve(KUBECONFIG), kubeconfig(server.port(), tls.chain().getFirst(), bearer));
          System.out.println("ready");
          awaitEndOfInput();
        }
      }
    }
  }

  /// The parent holds the other end, so that this process never outlives it.
  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // nothing is ever said
    }
  }

  private static ApiServerConfig config(TlsMaterial tls, String bearer)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    var accounts = generator.generateKeyPair();
    return new ApiServerConfig(
        new InetSocketAddress("127.0.0.1", 0),
        "",
        tls,
        tls.chain(),
        new ApiServerConfig.Accounts(
            "https://kubernetes.default.svc.cluster.local",
            List.of(),
            accounts.getPrivate(),
            List.of(accounts.getPublic())),
        tls,
        tls.chain(),
        Map.of(bearer, User.of("bench", User.MASTERS)),
        ApiCoreConfig.DEFAULT);
  }

  private static TlsMaterial tls(Path dir) throws IOException, GeneralSecurityException {
    var store =
        java.security.KeyStore.getInstance(
            dir.resolve(KEY_FILE).toFile(), KEY_PASSWORD.toCharArray());
    String alias = store.aliases().nextElement();
    return new TlsMaterial(
        (PrivateKey) store.getKey(alias, KEY_PASSWORD.toCharArray()),
        List.of((X509Certificate) store.getCertificate(alias)));
  }

  private static String kubeconfig(int port, X509Certificate authority, String token) {
    String pem = Pem.write(authority);
    return """
    apiVersion: v1
    kind: Config
    current-context: bench
    contexts:
    - name: bench
      context: {cluster: bench, user: bench}
    clusters:
    - name: bench
      cluster:
        server: https://127.0.0.1:%d
        certificate-authority-data: %s
    users:
    - name: bench
      user: {token: %s}
    """
        .formatted(
            port, Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)), token);
  }
}
