package io.kemudi.nodeagent.agent;

import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.RuntimeCondition;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.kubernetes.core.v1.ContainerImage;
import io.kemudi.kubernetes.core.v1.NodeCondition;
import io.kemudi.kubernetes.core.v1.NodeStatus;
import io.kemudi.kubernetes.core.v1.NodeSystemInfo;
import io.kemudi.kubernetes.meta.v1.Time;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.Times;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the node says of itself. Pure.
final class NodeStatuses {
  private static final int MAX_IMAGES = 50; // upstream's bound on the size of a Node
  // Kept free for the node itself, as upstream's hard eviction thresholds do.
  private static final BigDecimal RESERVED_MEMORY = Amounts.of("100Mi");
  private static final BigDecimal USABLE_STORAGE = new BigDecimal("0.9");

  private NodeStatuses() {}

  /// @param runtimeFailure why the runtime does not answer, or ""
  record Facts(
      String nodeName,
      String nodeIp,
      int kubeletPort,
      Map<String, String> capacity,
      NodeSystemInfo info,
      @Nullable StatusResponse runtime,
      String runtimeFailure,
      List<Image> images) {}

  static NodeStatus of(NodeStatus before, Facts facts, Instant now) {
    NodeStatus.Builder status =
        before.toBuilder()
            .clearCapacity()
            .clearAllocatable()
            .clearAddresses()
            .clearConditions()
            .clearImages()
            .setNodeInfo(facts.info());
    facts.capacity().forEach((k, v) -> status.putCapacity(k, Amounts.quantity(v)));
    status.putAllAllocatable(allocatable(facts.capacity()));
    status.addAddressesBuilder().setType("InternalIP").setAddress(facts.nodeIp());
    status.addAddressesBuilder().setType("Hostname").setAddress(facts.nodeName());
    if (facts.kubeletPort() > 0) {
      status.getDaemonEndpointsBuilder().getKubeletEndpointBuilder().setPort(facts.kubeletPort());
    }
    images(facts.images()).forEach(status::addImages);
    status.addAllConditions(conditions(before, facts, now));
    return status.build();
  }

  static Map<String, Quantity> allocatable(Map<String, String> capacity) {
    var allocatable = new LinkedHashMap<String, Quantity>();
    capacity.forEach((resource, text) -> {
      String left =
          switch (resource) {
            case "memory" ->
                Amounts.of(text).subtract(RESERVED_MEMORY).max(BigDecimal.ZERO).toBigInteger() + "";
            case "ephemeral-storage" ->
                Amounts.of(text).multiply(USABLE_STORAGE).toBigInteger() + "";
            default -> text;
          };
      boolean kibi = resource.equals("memory") && text.endsWith("Ki");
      String shown = kibi ? Long.parseLong(left) / 1024 + "Ki" : left;
      allocatable.put(resource, Amounts.quantity(shown));
    });
    return allocatable;
  }

  private static List<ContainerImage> images(List<Image> images) {
    return images.stream()
        .sorted(Comparator.comparingLong(Image::getSize).reversed())
        .limit(MAX_IMAGES)
        .map(image ->
            ContainerImage.newBuilder()
                .addAllNames(image.getRepoDigestsList())
                .addAllNames(image.getRepoTagsList())
                .setSizeBytes(image.getSize())
                .build())
        .toList();
  }

  private static List<NodeCondition> conditions(NodeStatus before, Facts facts, Instant now) {
    var conditions = new ArrayList<NodeCondition>();
    for (NodeCondition other : before.getConditionsList()) {
      if (!OWNED.contains(other.getType())) {
        conditions.add(other);
      }
    }
    conditions.add(
        condition(
            before,
            now,
            "MemoryPressure",
            false,
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available"));
    conditions.add(
        condition(
            before,
            now,
            "DiskPressure",
            false,
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure"));
    conditions.add(
        condition(
            before,
            now,
            "PIDPressure",
            false,
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available"));
    String trouble = trouble(facts);
    conditions.add(
        trouble.isEmpty()
            ? condition(
                before, now, "Ready", true, "KubeletReady", "kubelet is posting ready status")
            : condition(before, now, "Ready", false, "KubeletNotReady", trouble));
    return conditions;
  }

  private static final List<String> OWNED =
      List.of("MemoryPressure", "DiskPressure", "PIDPressure", "Ready");

  static String trouble(Facts facts) {
    StatusResponse runtime = facts.runtime();
    if (runtime == null) {
      return "container runtime is down: " + facts.runtimeFailure();
    }
    var parts = new ArrayList<String>();
    for (RuntimeCondition condition : runtime.getStatus().getConditionsList()) {
      if (!condition.getStatus()) {
        parts.add(
            "container runtime is not ready: %s=false reason:%s message:%s"
                .formatted(condition.getType(), condition.getReason(), condition.getMessage()));
      }
    }
    return String.join(", ", parts);
  }

  private static NodeCondition condition(
      NodeStatus before, Instant now, String type, boolean yes, String reason, String message) {
    String status = yes ? "True" : "False";
    Time since = Times.of(now);
    for (NodeCondition old : before.getConditionsList()) {
      if (old.getType().equals(type) && old.getStatus().equals(status)) {
        since = old.getLastTransitionTime();
      }
    }
    return NodeCondition.newBuilder()
        .setType(type)
        .setStatus(status)
        .setLastHeartbeatTime(Times.of(now))
        .setLastTransitionTime(since)
        .setReason(reason)
        .setMessage(message)
        .build();
  }

  /// Whether two statuses differ in more than the time they were made at.
  static boolean differ(NodeStatus a, NodeStatus b) {
    return !withoutHeartbeats(a).equals(withoutHeartbeats(b));
  }

  private static NodeStatus withoutHeartbeats(NodeStatus status) {
    NodeStatus.Builder bare = status.toBuilder();
    bare.getConditionsBuilderList().forEach(NodeCondition.Builder::clearLastHeartbeatTime);
    return bare.build();
  }
}
