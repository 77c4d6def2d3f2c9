package io.kemudi.launcher;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.auth.AnonymousAccess;
import io.kemudi.apiserver.encryption.EncryptionConfiguration;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServer;
import io.kemudi.apiserver.server.ApiServerConfig;
import io.kemudi.apiserver.server.ApiServerConfig.Authentication;
import io.kemudi.apiserver.storage.Transformers;
import io.kemudi.apiserver.storage.UnreadableValueException;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.http.Pem;
import io.kemudi.http.TlsMaterial;
import io.kemudi.launcher.pki.ClusterCertificates;
import io.kemudi.launcher.pki.KeyAndCertificate;
import io.kemudi.lifecycle.Component;
import io.kemudi.store.Store;
import io.kemudi.time.Timers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The API server with all its doors: REST and gRPC on ports, gRPC inside the process for the parts
/// that run here, each under a user of its own.
final class ApiFronts implements Component {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  /// Who shows nothing of itself may know that the cluster is well, and no more.
  private static final Authentication HEALTH_FOR_ALL =
      new Authentication(new AnonymousAccess(Set.of("/healthz", "/livez", "/readyz")), null);

  private static final int FIRST_NODE_PORT = 30000;
  private static final int LAST_NODE_PORT = 32767;

  private final ApiServer rest;
  private final ClusterServer grpc;
  private final Auditor auditor;
  private final Timers timers;
  private final Deque<AutoCloseable> inProcess = new ArrayDeque<>();

  /// Where it listens, how others reach it, and the files it works with. Ports are real ones: they
  /// are published inside the cluster before they are bound (port 0 only for `grpcPort`).
  record Config(
      String bindAddress,
      String advertiseAddress,
      int port,
      int grpcPort,
      String serviceRange,
      KeyAndCertificate serving,
      Path clientCa,
      Path serviceAccountKey,
      List<Path> serviceAccountPublicKeys,
      KeyAndCertificate kubeletClient,
      Path kubeletCa,
      @Nullable Path encryptionConfig,
      Authentication authentication,
      AuditFiles audit) {}

  /// What the all-in-one cluster runs, with the default audit in `auditLog`; `address` is where the
  /// machine is reached, by pods and by people.
  static ApiFronts allInOne(
      UpOptions options,
      ClusterCertificates certificates,
      String address,
      Path auditLog,
      Store store,
      Timers timers)
      throws IOException, GeneralSecurityException {
    KeyAndCertificate serving =
        certificates.apiServer(
            List.of(
                "127.0.0.1",
                address,
                HostNetwork.firstOf(options.serviceRange()),
                HostNetwork.nodeName()));
    var config =
        new Config(
            "0.0.0.0",
            address,
            options.port() == 0 ? HostNetwork.freePort() : options.port(),
            options.grpcPort(),
            options.serviceRange(),
            serving,
            certificates.caFile(),
            certificates.serviceAccountKey(),
            List.of(certificates.serviceAccountPublicKey()),
            certificates.apiServerKubeletClient(),
            certificates.caFile(),
            certificates.encryptionConfig(),
            HEALTH_FOR_ALL,
            AuditFiles.ofDefault(auditLog));
    return new ApiFronts(config, store, timers);
  }

  ApiFronts(Config config, Store store, Timers timers) throws IOException {
    this.timers = timers;
    auditor = config.audit().open(timers);
    var publicKeys = new ArrayList<PublicKey>();
    for (Path file : config.serviceAccountPublicKeys()) {
      publicKeys.addAll(Pem.publicKeys(Files.readString(file)));
    }
    var accounts =
        new ApiServerConfig.Accounts(
            ISSUER, List.of(), Pem.privateKey(config.serviceAccountKey()), publicKeys);
    var core =
        new ApiCoreConfig(
            config.serviceRange(),
            FIRST_NODE_PORT,
            LAST_NODE_PORT,
            // Pods cannot reach loopback, and no Endpoints may name it: then nothing is published.
            config.advertiseAddress().startsWith("127.") ? "" : config.advertiseAddress(),
            config.port(),
            List.of(),
            encryption(config.encryptionConfig()));
    rest =
        new ApiServer(
            new ApiServerConfig(
                new InetSocketAddress(config.bindAddress(), config.port()),
                config.advertiseAddress() + ":" + config.port(),
                TlsMaterial.read(config.serving().certificate(), config.serving().key()),
                Pem.certificates(Files.readString(config.clientCa())),
                accounts,
                TlsMaterial.read(
                    config.kubeletClient().certificate(), config.kubeletClient().key()),
                Pem.certificates(Files.readString(config.kubeletCa())),
                Map.of(),
                config.authentication(),
                auditor,
                core),
            store,
            timers,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    grpc =
        ClusterServer.onPort(
            new InetSocketAddress(config.bindAddress(), config.grpcPort()),
            mutualTls(config.serving(), config.clientCa()),
            service());
  }

  private static Transformers encryption(@Nullable Path file) throws IOException {
    if (file == null) {
      return Transformers.NONE;
    }
    try {
      return EncryptionConfiguration.parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new UserError("the encryption configuration " + file + ": " + e.getMessage());
    }
  }

  private static SslContext mutualTls(KeyAndCertificate serving, Path clientCa) throws IOException {
    // Netty reads PKCS#8 files only.
    var identity = TlsMaterial.read(serving.certificate(), serving.key());
    var context = SslContextBuilder.forServer(identity.key(), identity.chain());
    return GrpcSslContexts.configure(context)
        .trustManager(clientCa.toFile())
        .clientAuth(ClientAuth.REQUIRE)
        .build();
  }

  private ClusterService service() {
    return new ClusterService(rest.registry(), rest.authorizer(), auditor, Version.TEXT);
  }

  @Override
  public String name() {
    return "apiserver";
  }

  @Override
  public void start() throws Exception {
    try {
      rest.start();
    } catch (UnreadableValueException e) {
      throw new UserError("the store cannot be read: " + e.getMessage());
    }
    grpc.start();
  }

  @Override
  public boolean ready() {
    return rest.ready() && grpc.ready();
  }

  int port() {
    return rest.port();
  }

  int grpcPort() {
    return grpc.port();
  }

  /// A client for a part in this process that acts as `user`; ended with this.
  ApiClient client(User user) {
    String name = user.name() + "-" + UUID.randomUUID();
    ClusterServer server = ClusterServer.inProcess(name, user, service());
    server.start();
    inProcess.push(server);
    var client = new GrpcApiClient(InProcessChannelBuilder.forName(name).build(), timers);
    inProcess.push(client);
    return client;
  }

  @Override
  public void close() {
    while (!inProcess.isEmpty()) {
      try {
        inProcess.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("closing what is in this process does not fail", e);
      }
    }
    grpc.close();
    rest.close();
    auditor.close();
  }
}
