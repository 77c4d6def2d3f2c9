package io.kemudi.nodeagent.agent;

import io.kemudi.http.TlsMaterial;
import io.kemudi.kubernetes.core.v1.Taint;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that a node agent has to be told.
///
/// @param dataDir pods' volumes and other files; the agent's own
/// @param memoryDir a directory on a memory file system, for secrets and volumes in memory; may be
///   `dataDir` where there is none
/// @param logsDir containers' logs, upstream's `/var/log/pods`
/// @param nodeIp the address by which others reach the node
/// @param bind of the kubelet API, port 0 takes a free one; null serves none
/// @param serving its key and certificate
/// @param clientAuthorities who signs the certificates of those that may call it: the API server
/// @param podCidr the node's range of pod addresses; "" takes what the cluster gives the node
/// @param clusterDns the servers that pods ask; empty for the node's own
/// @param capacity in place of what the machine has, by resource (hollow nodes); empty for the
///   machine's
/// @param cgroupRoot `/sys/fs/cgroup`; null where pods have no control groups
/// @param leaseDuration for how long the node is known to live once it has renewed its lease, which
///   it does four times in that time
public record NodeAgentConfig(
    String nodeName,
    Path dataDir,
    Path memoryDir,
    Path logsDir,
    String nodeIp,
    @Nullable InetSocketAddress bind,
    @Nullable TlsMaterial serving,
    List<X509Certificate> clientAuthorities,
    String podCidr,
    List<String> clusterDns,
    String clusterDomain,
    int maxPods,
    Map<String, String> labels,
    List<Taint> taints,
    Map<String, String> capacity,
    @Nullable Path cgroupRoot,
    Duration leaseDuration) {
  /// Upstream's default.
  public static final Duration DEFAULT_LEASE_DURATION = Duration.ofSeconds(40);

  /// Upstream's default: what one kubelet was tested with.
  public static final int DEFAULT_MAX_PODS = 110;

  public NodeAgentConfig {
    clientAuthorities = List.copyOf(clientAuthorities);
    clusterDns = List.copyOf(clusterDns);
    labels = Map.copyOf(labels);
    taints = List.copyOf(taints);
    capacity = Map.copyOf(capacity);
    if (nodeName.isEmpty()) {
      throw new IllegalArgumentException("a node agent needs the name of its node");
    }
    if (bind != null && (serving == null || clientAuthorities.isEmpty())) {
      throw new IllegalArgumentException(
          "the kubelet API needs a serving certificate and the authority of its clients");
    }
  }

  /// A node that needs nothing but directories and an address: hollow nodes and tests.
  public static NodeAgentConfig plain(String nodeName, Path dir, String nodeIp, String podCidr) {
    return new NodeAgentConfig(
        nodeName,
        dir.resolve("data"),
        dir.resolve("memory"),
        dir.resolve("logs"),
        nodeIp,
        null,
        null,
        List.of(),
        podCidr,
        List.of(),
        "cluster.local",
        DEFAULT_MAX_PODS,
        Map.of(),
        List.of(),
        Map.of(),
        null,
        DEFAULT_LEASE_DURATION);
  }
}
