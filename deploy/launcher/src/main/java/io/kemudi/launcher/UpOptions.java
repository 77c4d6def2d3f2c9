package io.kemudi.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `up` was asked for, checked. Port 0 picks a free one.
record UpOptions(
    List<Path> files,
    int port,
    int grpcPort,
    StoreChoice store,
    List<String> etcdServers,
    RuntimeChoice runtime,
    @Nullable String criEndpoint,
    int nodes,
    String serviceRange,
    String podRange,
    Duration nodeGracePeriod,
    boolean detach) {

  private static final int MAX_NODES = 100;

  /// Agents renew their leases every ten seconds.
  private static final Duration MIN_GRACE_PERIOD = Duration.ofSeconds(12);

  UpOptions {
    files = List.copyOf(files);
    etcdServers = List.copyOf(etcdServers);
    requirePort("--port", port);
    requirePort("--grpc-port", grpcPort);
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new UsageError("--nodes " + nodes + ": use 1 to " + MAX_NODES);
    }
    if (nodeGracePeriod.compareTo(MIN_GRACE_PERIOD) < 0) {
      throw new UserError(
          "--node-monitor-grace-period "
              + nodeGracePeriod.toMillis()
              + "ms: at least 12s, as nodes report every 10s");
    }
    if (runtime == RuntimeChoice.CRI && nodes > 1) {
      throw new UsageError("--nodes needs one runtime a node: leave --runtime cri out");
    }
    if (store == StoreChoice.SQLITE && !etcdServers.isEmpty()) {
      throw new UsageError("--etcd-servers goes with --store etcd");
    }
    if (criEndpoint != null && runtime != RuntimeChoice.CRI) {
      throw new UsageError("--cri-endpoint goes with --runtime cri");
    }
  }

  private static void requirePort(String option, int port) {
    if (port < 0 || port > 65535) {
      throw new UsageError(option + " " + port + ": a port is 0 to 65535, 0 picks a free one");
    }
  }
}
