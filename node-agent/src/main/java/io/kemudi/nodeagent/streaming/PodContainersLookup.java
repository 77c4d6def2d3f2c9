package io.kemudi.nodeagent.streaming;

import io.kemudi.client.informer.Lister;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.PodContainers;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// From the names in a URL to what the runtime knows of.
final class PodContainersLookup {
  private final String node;
  private final Runtime runtime;
  private final Lister<Pod> pods;

  PodContainersLookup(String node, Runtime runtime, Lister<Pod> pods) {
    this.node = node;
    this.runtime = runtime;
    this.pods = pods;
  }

  record Found(Pod pod, ContainerStatus status) {}

  Pod pod(String namespace, String name) {
    Pod pod = pods.get(namespace, name);
    if (pod == null) {
      throw new Refusal(404, "pod \"" + name + "\" not found");
    }
    return pod;
  }

  /// The attempt whose log is meant: the newest that has been started, or the one before it.
  Found forLogs(String namespace, String name, String container, boolean previous) {
    Pod pod = pod(namespace, name);
    require(pod, container);
    List<Container> attempts = attempts(pod, container);
    int index = previous ? 1 : 0;
    if (attempts.size() <= index) {
      throw new Refusal(
          400,
          previous
              ? "previous terminated container \"%s\" in pod \"%s\" not found"
                  .formatted(container, name)
              : "container \"%s\" in pod \"%s\" is waiting to start: %s"
                  .formatted(container, name, waitingReason(pod, container)));
    }
    return new Found(pod, runtime.containerStatus(attempts.get(index).getId()));
  }

  private static void require(Pod pod, String container) {
    if (PodContainers.find(pod.getSpec(), container) == null) {
      throw new Refusal(
          404,
          "container %s is not valid for pod %s".formatted(container, pod.getMetadata().getName()));
    }
  }

  private static String waitingReason(Pod pod, String container) {
    return pod.getStatus().getContainerStatusesList().stream()
        .filter(s -> s.getName().equals(container) && s.getState().hasWaiting())
        .map(s -> s.getState().getWaiting().getReason())
        .findFirst()
        .orElse("ContainerCreating");
  }

  private List<Container> attempts(Pod pod, String container) {
    Map<String, String> labels = Labels.ofPod(node, pod.getMetadata().getUid());
    return runtime.listContainers(labels).stream()
        .filter(c -> c.getMetadata().getName().equals(container))
        .filter(c -> c.getState() != ContainerState.CONTAINER_CREATED)
        .sorted(Comparator.<Container>comparingInt(c -> c.getMetadata().getAttempt()).reversed())
        .toList();
  }

  /// The id of the container if it runs now.
  String running(Pod pod, String container) {
    require(pod, container);
    return attempts(pod, container).stream()
        .filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING)
        .map(Container::getId)
        .findFirst()
        .orElseThrow(() -> new Refusal(404, "container not found (\"" + container + "\")"));
  }

  String sandbox(Pod pod) {
    Map<String, String> labels = Labels.ofPod(node, pod.getMetadata().getUid());
    return runtime.listPodSandbox(labels).stream()
        .filter(s -> s.getState() == PodSandboxState.SANDBOX_READY)
        .map(PodSandbox::getId)
        .findFirst()
        .orElseThrow(
            () -> new Refusal(404, "pod \"" + pod.getMetadata().getName() + "\" is not running"));
  }

  boolean isRunning(String containerId) {
    try {
      return runtime.containerStatus(containerId).getState() == ContainerState.CONTAINER_RUNNING;
    } catch (RuntimeFailure e) {
      return false;
    }
  }
}
