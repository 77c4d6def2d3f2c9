package io.kemudi.apiserver.admission;

import java.util.Set;

/// Which labels nodes may give themselves. Those of Kubernetes' own name spaces steer workloads, so
/// of them only the ones that node agents have always set (KEP-279).
final class NodeLabels {
  private static final Set<String> OF_NODE_AGENTS =
      Set.of(
          "beta.kubernetes.io/arch",
          "beta.kubernetes.io/instance-type",
          "beta.kubernetes.io/os",
          "failure-domain.beta.kubernetes.io/region",
          "failure-domain.beta.kubernetes.io/zone",
          "kubernetes.io/arch",
          "kubernetes.io/hostname",
          "kubernetes.io/os",
          "node.kubernetes.io/instance-type",
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone");

  private NodeLabels() {}

  static boolean mayBeSetByNodes(String label) {
    int slash = label.indexOf('/');
    String space = slash < 0 ? "" : label.substring(0, slash);
    if (isIn(space, "node-restriction.kubernetes.io")) {
      return false;
    }
    boolean ofKubernetes = isIn(space, "kubernetes.io") || isIn(space, "k8s.io");
    return !ofKubernetes
        || OF_NODE_AGENTS.contains(label)
        || isIn(space, "kubelet.kubernetes.io")
        || isIn(space, "node.kubernetes.io");
  }

  private static boolean isIn(String space, String domain) {
    return space.equals(domain) || space.endsWith("." + domain);
  }
}
