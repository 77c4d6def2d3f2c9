package io.kemudi.controllermanager.nodelifecycle;

import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeCondition;
import io.kemudi.kubernetes.core.v1.Taint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which taints a node's conditions ask for: a pure function. Taints of others are left alone.
final class NodeTaints {
  static final String NOT_READY = "node.kubernetes.io/not-ready";
  static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  static final String NO_SCHEDULE = "NoSchedule";
  static final String NO_EXECUTE = "NoExecute";

  /// Condition type -> the taint while it is True.
  private static final Map<String, String> PRESSURES =
      Map.of(
          "MemoryPressure", "node.kubernetes.io/memory-pressure",
          "DiskPressure", "node.kubernetes.io/disk-pressure",
          "PIDPressure", "node.kubernetes.io/pid-pressure",
          "NetworkUnavailable", "node.kubernetes.io/network-unavailable");

  private static final Set<String> READINESS = Set.of(NOT_READY, UNREACHABLE);

  private NodeTaints() {}

  /// The taints that `node` should have. `mayEvict` is false while no node at all is ready: then
  /// the fault is rather ours, and moving pods helps nobody (upstream's full disruption mode).
  static List<Taint> wanted(Node node, boolean mayEvict, Instant now) {
    var ours = new LinkedHashMap<String, String>(); // key/effect -> key
    String readiness = readiness(node);
    if (!readiness.isEmpty()) {
      ours.put(readiness + "/" + NO_SCHEDULE, readiness);
      if (mayEvict) {
        ours.put(readiness + "/" + NO_EXECUTE, readiness);
      }
    }
    for (NodeCondition condition : node.getStatus().getConditionsList()) {
      String key = PRESSURES.get(condition.getType());
      if (key != null && condition.getStatus().equals("True")) {
        ours.put(key + "/" + NO_SCHEDULE, key);
      }
    }
    if (node.getSpec().getUnschedulable()) {
      ours.put(UNSCHEDULABLE + "/" + NO_SCHEDULE, UNSCHEDULABLE);
    }
    var taints = new ArrayList<Taint>();
    for (Taint taint : node.getSpec().getTaintsList()) {
      String id = taint.getKey() + "/" + taint.getEffect();
      if (!isOurs(taint) || ours.remove(id) != null) {
        taints.add(taint);
      }
    }
    ours.forEach((id, key) -> taints.add(taint(key, id.substring(key.length() + 1), now)));
    return taints;
  }

  private static boolean isOurs(Taint taint) {
    return READINESS.contains(taint.getKey())
        || (taint.getEffect().equals(NO_SCHEDULE)
            && (PRESSURES.containsValue(taint.getKey()) || taint.getKey().equals(UNSCHEDULABLE)));
  }

  private static Taint taint(String key, String effect, Instant now) {
    return Taint.newBuilder()
        .setKey(key)
        .setEffect(effect)
        .setTimeAdded(PodStates.time(now))
        .build();
  }

  /// The taint for the node's Ready condition, "" when it is True.
  private static String readiness(Node node) {
    return switch (readyStatus(node)) {
      case "True" -> "";
      case "False" -> NOT_READY;
      default -> UNREACHABLE;
    };
  }

  static String readyStatus(Node node) {
    for (NodeCondition condition : node.getStatus().getConditionsList()) {
      if (condition.getType().equals("Ready")) {
        return condition.getStatus();
      }
    }
    return "False"; // registered, and has not reported yet
  }
}
