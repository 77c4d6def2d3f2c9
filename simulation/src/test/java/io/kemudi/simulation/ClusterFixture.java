package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICE_ACCOUNTS;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.User;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.UUID;

/// A real API server on a store in memory, and a client of it over gRPC inside the process.
final class ClusterFixture implements AutoCloseable {
  final SystemTimers timers = new SystemTimers();
  final MemoryStore store = new MemoryStore(timers);
  final ApiCore core = new ApiCore(store, ApiCoreConfig.DEFAULT, timers);
  private final String name = "cluster-" + UUID.randomUUID();
  private ClusterServer server = newServer();
  final GrpcApiClient client;

  ClusterFixture() {
    core.start();
    server.start();
    client = new GrpcApiClient(InProcessChannelBuilder.forName(name).build(), timers);
    client.create(SERVICE_ACCOUNTS, defaultAccount(), WriteOptions.NONE);
  }

  /// What a controller would make; pods are refused without it.
  private static ServiceAccount defaultAccount() {
    ServiceAccount.Builder account = ServiceAccount.newBuilder();
    account.getMetadataBuilder().setNamespace("default").setName("default");
    return account.build();
  }

  private ClusterServer newServer() {
    return ClusterServer.inProcess(
        name,
        User.of("admin", User.MASTERS),
        new ClusterService(core.registry(), ALLOW, Auditor.NONE, "v1.36.2+test"));
  }

  private static final Authorizer ALLOW = Authorizer.ALLOW_ALL;

  /// The gRPC front goes away and comes back; every stream breaks.
  void restartFront() {
    server.close();
    server = newServer();
    server.start();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    core.close();
    store.close();
    timers.close();
  }
}
