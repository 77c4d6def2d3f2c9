package io.kemudi.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The cells of a node.
final class NodePrinter {
  private static final String ROLE = "node-role.kubernetes.io/";

  static final TablePrinter PRINTER =
      TablePrinter.named()
          .text("Status", NodePrinter::status)
          .text("Roles", NodePrinter::roles)
          .age()
          .text("Version", "status.nodeInfo.kubeletVersion")
          .wide("Internal-IP", each -> address(each, "InternalIP"))
          .wide("External-IP", each -> address(each, "ExternalIP"))
          .wide("OS-Image", each -> each.text("status.nodeInfo.osImage", "<unknown>"))
          .wide("Kernel-Version", NodePrinter::kernel)
          .wide(
              "Container-Runtime",
              each -> each.text("status.nodeInfo.containerRuntimeVersion", "<unknown>"));

  private NodePrinter() {}

  private static String status(Cells node) {
    List<String> words = new ArrayList<>(2);
    for (Cells condition : node.list("status.conditions")) {
      if (condition.text("type").equals("Ready")) {
        words.add(condition.text("status").equals("True") ? "Ready" : "NotReady");
      }
    }
    if (words.isEmpty()) {
      words.add("Unknown");
    }
    if (node.flag("spec.unschedulable")) {
      words.add("SchedulingDisabled");
    }
    return String.join(",", words);
  }

  private static String roles(Cells node) {
    TreeSet<String> roles = new TreeSet<>();
    node.map("metadata.labels")
        .forEach((key, value) -> {
          if (key.startsWith(ROLE) && key.length() > ROLE.length()) {
            roles.add(key.substring(ROLE.length()));
          } else if (key.equals("kubernetes.io/role") && value != null && !value.equals("")) {
            roles.add(value.toString());
          }
        });
    return Cells.orNone(String.join(",", roles));
  }

  private static String address(Cells node, String type) {
    for (Cells address : node.list("status.addresses")) {
      if (address.text("type").equals(type)) {
        return address.text("address");
      }
    }
    return Cells.NONE;
  }

  private static String kernel(Cells node) {
    String version = node.text("status.nodeInfo.kernelVersion");
    String architecture = node.text("status.nodeInfo.architecture");
    if (version.isEmpty()) {
      return "<unknown>";
    }
    return architecture.isEmpty() ? version : version + " (" + architecture + ")";
  }
}
