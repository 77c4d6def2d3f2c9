package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeCondition;
import java.util.TreeSet;

/// How a node is, in what role, and where.
final class NodeCells {
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
  private static final String ROLE = "kubernetes.io/role";

  private NodeCells() {}

  static String status(Node node) {
    String status = "Unknown";
    for (NodeCondition condition : node.getStatus().getConditionsList()) {
      if (condition.getType().equals("Ready")) {
        status = condition.getStatus().equals("True") ? "Ready" : "NotReady";
      }
    }
    return node.getSpec().getUnschedulable() ? status + ",SchedulingDisabled" : status;
  }

  static String roles(Node node) {
    TreeSet<String> roles = new TreeSet<>();
    node.getMetadata()
        .getLabelsMap()
        .forEach((key, value) -> {
          if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
            roles.add(key.substring(ROLE_PREFIX.length()));
          } else if (key.equals(ROLE) && !value.isEmpty()) {
            roles.add(value);
          }
        });
    return Cells.orNone(String.join(",", roles));
  }

  static String address(Node node, String type) {
    return node.getStatus().getAddressesList().stream()
        .filter(address -> address.getType().equals(type))
        .findFirst()
        .map(address -> address.getAddress())
        .orElse(Cells.NONE);
  }

  static String kernel(Node node) {
    var info = node.getStatus().getNodeInfo();
    if (info.getKernelVersion().isEmpty()) {
      return "<unknown>";
    }
    return info.getArchitecture().isEmpty()
        ? info.getKernelVersion()
        : info.getKernelVersion() + " (" + info.getArchitecture() + ")";
  }

  static String orUnknown(String text) {
    return text.isEmpty() ? "<unknown>" : text;
  }
}
