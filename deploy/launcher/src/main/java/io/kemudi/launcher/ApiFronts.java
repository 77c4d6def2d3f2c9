package io.kemudi.launcher;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.User;
import io.kemudi.apiserver.server.ApiServer;
import io.kemudi.apiserver.server.ApiServerConfig;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The API server with all its doors: REST and gRPC on ports, gRPC inside the process for the parts
/// that run here, each under a user of its own.
final class ApiFronts implements Component {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private static final int FIRST_NODE_PORT = 30000;
  private static final int LAST_NODE_PORT = 32767;

  private final ApiServer rest;
  private final ClusterServer grpc;
  private final Timers timers;
  private final Deque<AutoCloseable> inProcess = new ArrayDeque<>();

  /// `address` is where the machine is reached, by pods and by people.
  ApiFronts(
      UpOptions options,
      ClusterCertificates certificates,
      String address,
      Store store,
      Timers timers)
      throws IOException, GeneralSecurityException {
    this.timers = timers;
    // The port is published inside the cluster, so a free one has to be known before it is bound.
    int port = options.port() == 0 ? HostNetwork.freePort() : options.port();
    KeyAndCertificate serving =
        certificates.apiServer(
            List.of(
                "127.0.0.1",
                address,
                HostNetwork.firstOf(options.serviceRange()),
                HostNetwork.nodeName()));
    TlsMaterial servingTls = TlsMaterial.read(serving.certificate(), serving.key());
    KeyAndCertificate kubelet = certificates.apiServerKubeletClient();
    var accounts =
        new ApiServerConfig.Accounts(
            ISSUER,
            List.of(),
            Pem.privateKey(Files.readString(certificates.serviceAccountKey())),
            Pem.publicKeys(Files.readString(certificates.serviceAccountPublicKey())));
    ApiCoreConfig core =
        new ApiCoreConfig(
            options.serviceRange(), FIRST_NODE_PORT, LAST_NODE_PORT, address, port, List.of());
    rest =
        new ApiServer(
            new ApiServerConfig(
                new InetSocketAddress("0.0.0.0", port),
                address + ":" + port,
                servingTls,
                certificates.authorities(),
                accounts,
                TlsMaterial.read(kubelet.certificate(), kubelet.key()),
                certificates.authorities(),
                Map.of(),
                core),
            store,
            timers,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    grpc =
        ClusterServer.onPort(
            new InetSocketAddress("0.0.0.0", options.grpcPort()),
            mutualTls(serving, certificates),
            service());
  }

  private static SslContext mutualTls(KeyAndCertificate serving, ClusterCertificates certificates)
      throws IOException {
    return GrpcSslContexts.forServer(serving.certificate().toFile(), serving.key().toFile())
        .trustManager(certificates.caFile().toFile())
        .clientAuth(ClientAuth.REQUIRE)
        .build();
  }

  private ClusterService service() {
    return new ClusterService(rest.registry(), rest.authorizer(), AuditHook.NONE, Version.TEXT);
  }

  @Override
  public String name() {
    return "apiserver";
  }

  @Override
  public void start() throws Exception {
    rest.start();
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
  }
}
