package io.kemudi.nodeagent.podworker;

import java.nio.file.Path;
import java.util.List;

/// What pods are told of, or given by, the node they run on.
///
/// @param hostIps the node's addresses, the first one being its main one
/// @param clusterDns the cluster's DNS servers; empty where there are none
/// @param clusterDomain such as `cluster.local`
/// @param logs where containers' logs are written, `/var/log/pods` on a node of its own
/// @param memoryBytes the node's memory
/// @param resolvConf the node's own resolver configuration
public record NodeFacts(
    String name,
    List<String> hostIps,
    List<String> clusterDns,
    String clusterDomain,
    Path logs,
    long memoryBytes,
    Path resolvConf) {
  public NodeFacts {
    hostIps = List.copyOf(hostIps);
    clusterDns = List.copyOf(clusterDns);
  }

  public Path podLogs(String namespace, String pod, String uid) {
    return logs.resolve(namespace + "_" + pod + "_" + uid);
  }
}
