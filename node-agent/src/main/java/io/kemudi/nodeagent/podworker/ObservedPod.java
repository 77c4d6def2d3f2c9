package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.cri.v1.PodSandboxStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the runtime has of a pod at one moment.
///
/// @param sandboxes newest attempt first
/// @param containers by name, newest attempt first
public record ObservedPod(List<PodSandboxStatus> sandboxes, Map<String, List<Seen>> containers) {
  public static final ObservedPod NOTHING = new ObservedPod(List.of(), Map.of());

  public ObservedPod {
    sandboxes = List.copyOf(sandboxes);
    containers = Map.copyOf(containers);
  }

  /// A container and the sandbox it is in.
  public record Seen(String sandboxId, ContainerStatus status) {
    public String id() {
      return status.getId();
    }

    public boolean running() {
      return status.getState() == ContainerState.CONTAINER_RUNNING;
    }

    public boolean exited() {
      return status.getState() == ContainerState.CONTAINER_EXITED;
    }

    public int attempt() {
      return status.getMetadata().getAttempt();
    }
  }

  /// The sandbox that containers can be started in, or null.
  public @Nullable PodSandboxStatus sandbox() {
    if (sandboxes.isEmpty()) {
      return null;
    }
    PodSandboxStatus newest = sandboxes.get(0);
    return newest.getState() == PodSandboxState.SANDBOX_READY ? newest : null;
  }

  /// All attempts of a container, newest first.
  public List<Seen> attempts(String name) {
    return containers.getOrDefault(name, List.of());
  }

  public @Nullable Seen newest(String name) {
    List<Seen> attempts = attempts(name);
    return attempts.isEmpty() ? null : attempts.get(0);
  }

  /// The newest attempt inside the ready sandbox; what is left of an older sandbox is history.
  public @Nullable Seen current(String name) {
    PodSandboxStatus sandbox = sandbox();
    Seen newest = newest(name);
    return sandbox != null && newest != null && newest.sandboxId().equals(sandbox.getId())
        ? newest
        : null;
  }

  public List<Seen> running() {
    var running = new ArrayList<Seen>();
    for (String name : new TreeSet<>(containers.keySet())) {
      attempts(name).stream().filter(Seen::running).forEach(running::add);
    }
    return running;
  }
}
