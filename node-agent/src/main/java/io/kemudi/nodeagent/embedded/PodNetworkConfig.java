package io.kemudi.nodeagent.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How pods of this node are connected.
///
/// @param bridge the name of the bridge that all pods hang on, such as `kemudi0`
/// @param podCidr the node's own range such as `10.244.0.0/24`; "" until the node agent tells it by
///   `UpdateRuntimeConfig`
/// @param clusterRanges the cluster's pod and service ranges: always routed to the bridge, so that
///   an address that nobody serves dies here instead of leaving through the uplink
/// @param mtu of the pods' interfaces
/// @param nodeNamespace the network namespace that is "the node", where it is not the machine's own
///   (several nodes on one machine, and tests)
public record PodNetworkConfig(
    String bridge,
    String podCidr,
    List<String> clusterRanges,
    int mtu,
    Optional<Path> nodeNamespace) {
  public PodNetworkConfig {
    clusterRanges = List.copyOf(clusterRanges);
    if (bridge.isEmpty() || bridge.length() > 15) {
      throw new IllegalArgumentException(
          "bridge name \"" + bridge + "\": want 1 to 15 characters (the kernel's limit)");
    }
    if (mtu < 576 || mtu > 65535) {
      throw new IllegalArgumentException("mtu " + mtu + ": want 576 to 65535");
    }
  }

  public static PodNetworkConfig of(String podCidr) {
    return new PodNetworkConfig(
        "kemudi0", podCidr, List.of("10.96.0.0/12", "10.244.0.0/16"), 1500, Optional.empty());
  }
}
