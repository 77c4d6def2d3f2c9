package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The addresses and ports that a Service was given: an update that leaves them out keeps them, as
/// long as its type still has them.
final class AllocatedAddresses {
  private static final Set<String> WITH_NODE_PORTS = Set.of("NodePort", "LoadBalancer");

  private AllocatedAddresses() {}

  /// A client may know `clusterIP` alone, and mean the first of `clusterIPs` with it.
  static void normalize(Map<String, @Nullable Object> spec) {
    String address = Tree.text(spec, "clusterIP");
    if (!address.isEmpty() && Tree.list(spec, "clusterIPs").isEmpty()) {
      spec.put("clusterIPs", new ArrayList<>(List.of(address)));
    }
  }

  /// As [#normalize(Map)], for a client that changed the one and sent the other back as it was.
  static void normalize(Map<String, @Nullable Object> spec, Map<String, @Nullable Object> before) {
    String address = Tree.text(spec, "clusterIP");
    boolean changed = !address.equals(Tree.text(before, "clusterIP"));
    boolean sameList = Tree.same(spec.get("clusterIPs"), before.get("clusterIPs"));
    if (changed && sameList) {
      if (address.isEmpty()) {
        spec.remove("clusterIPs");
      } else {
        spec.put("clusterIPs", new ArrayList<>(List.of(address)));
      }
    } else if (!address.isEmpty() && Tree.list(spec, "clusterIPs").isEmpty()) {
      normalize(spec);
    }
  }

  static void keep(Map<String, @Nullable Object> spec, Map<String, @Nullable Object> before) {
    String type = Tree.text(spec, "type");
    String oldType = Tree.text(before, "type");
    if (!type.equals("ExternalName") && !oldType.equals("ExternalName")) {
      Tree.defaultText(spec, "clusterIP", Tree.text(before, "clusterIP"));
      boolean same = Tree.text(spec, "clusterIP").equals(Tree.text(before, "clusterIP"));
      if (same && Tree.list(spec, "clusterIPs").isEmpty()) {
        Tree.copy(before, spec, "clusterIPs");
      }
    }
    if (WITH_NODE_PORTS.contains(type) && WITH_NODE_PORTS.contains(oldType)) {
      keepNodePorts(spec, before);
    }
    if (checksHealth(spec) && checksHealth(before)) {
      Object health = before.get("healthCheckNodePort");
      if (health instanceof Number number) {
        Tree.defaultNumber(spec, "healthCheckNodePort", number.longValue());
      }
    }
  }

  private static boolean checksHealth(Map<String, @Nullable Object> spec) {
    return Tree.text(spec, "type").equals("LoadBalancer")
        && Tree.text(spec, "externalTrafficPolicy").equals("Local");
  }

  private static void keepNodePorts(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> before) {
    Map<String, Long> known = new HashMap<>();
    Set<Object> taken = new java.util.HashSet<>();
    for (Map<String, @Nullable Object> port : Tree.maps(before, "ports")) {
      if (port.get("nodePort") instanceof Number number && number.longValue() != 0) {
        known.put(key(port), number.longValue());
      }
    }
    for (Map<String, @Nullable Object> port : Tree.maps(spec, "ports")) {
      if (port.get("nodePort") instanceof Number number && number.longValue() != 0) {
        taken.add(number.longValue());
      }
    }
    for (Map<String, @Nullable Object> port : Tree.maps(spec, "ports")) {
      Long nodePort = known.get(key(port));
      if (nodePort != null && !taken.contains(nodePort)) {
        Tree.defaultNumber(port, "nodePort", nodePort);
      }
    }
  }

  private static String key(Map<String, @Nullable Object> port) {
    return Tree.text(port, "protocol") + "/" + port.get("port");
  }
}
