package io.kemudi.nodeagent.streaming;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.status.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the node's pods use: `/metrics` and the summary that metrics servers read.
final class NodeFigures {
  private final String node;
  private final Runtime runtime;

  NodeFigures(String node, Runtime runtime) {
    this.node = node;
    this.runtime = runtime;
  }

  String metrics() {
    Map<String, Integer> states = new TreeMap<>();
    for (Container container : runtime.listContainers(Labels.ofNode(node))) {
      String state = container.getState().name().replaceFirst("CONTAINER_", "");
      states.merge(state.toLowerCase(java.util.Locale.ROOT), 1, Integer::sum);
    }
    long pods =
        runtime.listPodSandbox(Labels.ofNode(node)).stream()
            .filter(s -> s.getState() == PodSandboxState.SANDBOX_READY)
            .count();
    var text = new StringBuilder();
    text.append("# HELP kubelet_node_name The node's name. The count is always 1.\n");
    text.append("# TYPE kubelet_node_name gauge\n");
    text.append("kubelet_node_name{node=\"").append(node).append("\"} 1\n");
    text.append("# HELP kubelet_running_pods Number of pods that have a running pod sandbox\n");
    text.append("# TYPE kubelet_running_pods gauge\n");
    text.append("kubelet_running_pods ").append(pods).append('\n');
    text.append("# HELP kubelet_running_containers Number of containers\n");
    text.append("# TYPE kubelet_running_containers gauge\n");
    states.forEach((state, count) ->
        text.append("kubelet_running_containers{container_state=\"")
            .append(state)
            .append("\"} ")
            .append(count)
            .append('\n'));
    return text.toString();
  }

  byte[] summary() {
    var pods = new LinkedHashMap<String, Map<String, @Nullable Object>>();
    for (ContainerStats stats : runtime.listContainerStats(Labels.ofNode(node))) {
      Map<String, String> labels = stats.getAttributes().getLabelsMap();
      String uid = labels.getOrDefault(Labels.POD_UID, "");
      Map<String, @Nullable Object> pod = pods.computeIfAbsent(uid, _ -> pod(labels));
      containers(pod).add(container(stats));
    }
    var root = new LinkedHashMap<String, @Nullable Object>();
    root.put("node", new LinkedHashMap<>(Map.of("nodeName", node)));
    root.put("pods", new ArrayList<>(pods.values()));
    return Json.write(root);
  }

  private static Map<String, @Nullable Object> pod(Map<String, String> labels) {
    var reference = new LinkedHashMap<String, @Nullable Object>();
    reference.put("name", labels.getOrDefault(Labels.POD_NAME, ""));
    reference.put("namespace", labels.getOrDefault(Labels.POD_NAMESPACE, ""));
    reference.put("uid", labels.getOrDefault(Labels.POD_UID, ""));
    var pod = new LinkedHashMap<String, @Nullable Object>();
    pod.put("podRef", reference);
    pod.put("containers", new ArrayList<>());
    return pod;
  }

  @SuppressWarnings("unchecked") // put there by pod()
  private static List<Object> containers(Map<String, @Nullable Object> pod) {
    return (List<Object>) java.util.Objects.requireNonNull(pod.get("containers"));
  }

  private static Map<String, @Nullable Object> container(ContainerStats stats) {
    var container = new LinkedHashMap<String, @Nullable Object>();
    container.put("name", stats.getAttributes().getMetadata().getName());
    if (stats.hasCpu()) {
      var cpu = new LinkedHashMap<String, @Nullable Object>();
      cpu.put("time", Times.instant(stats.getCpu().getTimestamp()).toString());
      if (stats.getCpu().hasUsageNanoCores()) {
        cpu.put("usageNanoCores", stats.getCpu().getUsageNanoCores().getValue());
      }
      cpu.put("usageCoreNanoSeconds", stats.getCpu().getUsageCoreNanoSeconds().getValue());
      container.put("cpu", cpu);
    }
    if (stats.hasMemory()) {
      var memory = new LinkedHashMap<String, @Nullable Object>();
      memory.put("time", Times.instant(stats.getMemory().getTimestamp()).toString());
      memory.put("workingSetBytes", stats.getMemory().getWorkingSetBytes().getValue());
      memory.put("usageBytes", stats.getMemory().getUsageBytes().getValue());
      memory.put("rssBytes", stats.getMemory().getRssBytes().getValue());
      container.put("memory", memory);
    }
    return container;
  }
}
