package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Asks the runtime what it has of one pod. Exited containers do not change and are asked about
/// once.
final class PodObserver {
  private final Runtime runtime;
  private final Map<String, String> labels;
  private final Map<String, ContainerStatus> exited = new HashMap<>();

  PodObserver(Runtime runtime, String node, String uid) {
    this.runtime = runtime;
    this.labels = Labels.ofPod(node, uid);
  }

  ObservedPod observe() {
    var sandboxes = new ArrayList<PodSandboxStatus>();
    for (PodSandbox sandbox : runtime.listPodSandbox(labels)) {
      try {
        sandboxes.add(runtime.podSandboxStatus(sandbox.getId()));
      } catch (RuntimeFailure e) {
        ignoreIfGone(e);
      }
    }
    sandboxes.sort(
        Comparator.<PodSandboxStatus>comparingInt(s -> s.getMetadata().getAttempt()).reversed());

    var containers = new HashMap<String, List<Seen>>();
    List<Container> listed = runtime.listContainers(labels);
    for (Container container : listed) {
      try {
        containers
            .computeIfAbsent(container.getMetadata().getName(), _ -> new ArrayList<>())
            .add(new Seen(container.getPodSandboxId(), status(container)));
      } catch (RuntimeFailure e) {
        ignoreIfGone(e);
      }
    }
    containers
        .values()
        .forEach(seen -> seen.sort(Comparator.comparingInt(Seen::attempt).reversed()));
    exited.keySet().retainAll(listed.stream().map(Container::getId).toList());
    return new ObservedPod(sandboxes, containers);
  }

  private ContainerStatus status(Container container) {
    ContainerStatus known = exited.get(container.getId());
    if (known != null) {
      return known;
    }
    ContainerStatus status = runtime.containerStatus(container.getId());
    if (status.getState() == ContainerState.CONTAINER_EXITED) {
      exited.put(container.getId(), status);
    }
    return status;
  }

  /// What disappears between listing and asking is simply not there.
  private static void ignoreIfGone(RuntimeFailure e) {
    if (!e.is(RuntimeFailure.Kind.NOT_FOUND)) {
      throw e;
    }
  }
}
