package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerState;
import io.kemudi.kubernetes.core.v1.ContainerStateTerminated;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The one word that says how a pod is, and how many of its containers are ready and restarted.
final class PodCells {
  private final Pod pod;
  private final Set<String> sidecars = new HashSet<>();
  private int ready;
  private int containers;
  private int restarts;
  private int sidecarRestarts;
  private String reason;
  private Time lastRestart = Time.getDefaultInstance();
  private Time lastSidecarRestart = Time.getDefaultInstance();

  PodCells(Pod pod) {
    this.pod = pod;
    this.containers = pod.getSpec().getContainersCount();
    this.reason =
        pod.getStatus().getReason().isEmpty()
            ? pod.getStatus().getPhase()
            : pod.getStatus().getReason();
    for (Container container : pod.getSpec().getInitContainersList()) {
      if (container.getRestartPolicy().equals("Always")) {
        sidecars.add(container.getName());
        containers++;
      }
    }
    read();
  }

  private void read() {
    for (PodCondition condition : pod.getStatus().getConditionsList()) {
      if (condition.getType().equals("PodScheduled")
          && condition.getReason().equals("SchedulingGated")) {
        reason = "SchedulingGated";
      }
    }
    boolean initializing = readInit();
    if (!initializing || initialized()) {
      restarts = sidecarRestarts;
      lastRestart = lastSidecarRestart;
      readPlain();
    }
    if (pod.getMetadata().hasDeletionTimestamp()) {
      if (pod.getStatus().getReason().equals("NodeLost")) {
        reason = "Unknown";
      } else if (!Set.of("Failed", "Succeeded").contains(pod.getStatus().getPhase())) {
        reason = "Terminating";
      }
    }
  }

  private boolean initialized() {
    return pod.getStatus().getConditionsList().stream()
        .anyMatch(c -> c.getType().equals("Initialized") && c.getStatus().equals("True"));
  }

  /// The first init container that is not through says what the pod waits for.
  private boolean readInit() {
    List<ContainerStatus> statuses = pod.getStatus().getInitContainerStatusesList();
    for (int i = 0; i < statuses.size(); i++) {
      ContainerStatus status = statuses.get(i);
      restarts += status.getRestartCount();
      lastRestart = later(lastRestart, status);
      boolean sidecar = sidecars.contains(status.getName());
      if (sidecar) {
        sidecarRestarts += status.getRestartCount();
        lastSidecarRestart = later(lastSidecarRestart, status);
      }
      ContainerState state = status.getState();
      if (state.hasTerminated() && state.getTerminated().getExitCode() == 0) {
        continue;
      }
      if (sidecar && status.getStarted()) {
        if (status.getReady()) {
          ready++;
        }
        continue;
      }
      reason = "Init:" + initReason(state, i);
      return true;
    }
    return false;
  }

  private String initReason(ContainerState state, int at) {
    if (state.hasTerminated()) {
      return ended(state.getTerminated());
    }
    String waiting = state.getWaiting().getReason();
    return !waiting.isEmpty() && !waiting.equals("PodInitializing")
        ? waiting
        : at + "/" + pod.getSpec().getInitContainersCount();
  }

  private void readPlain() {
    boolean running = false;
    List<ContainerStatus> statuses = pod.getStatus().getContainerStatusesList();
    for (int i = statuses.size() - 1; i >= 0; i--) {
      ContainerStatus status = statuses.get(i);
      restarts += status.getRestartCount();
      lastRestart = later(lastRestart, status);
      ContainerState state = status.getState();
      if (!state.getWaiting().getReason().isEmpty()) {
        reason = state.getWaiting().getReason();
      } else if (state.hasTerminated()) {
        reason = ended(state.getTerminated());
      } else if (status.getReady() && state.hasRunning()) {
        running = true;
        ready++;
      }
    }
    if (reason.equals("Completed") && running) {
      boolean podReady =
          pod.getStatus().getConditionsList().stream()
              .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
      reason = podReady ? "Running" : "NotReady";
    }
  }

  private static String ended(ContainerStateTerminated terminated) {
    if (!terminated.getReason().isEmpty()) {
      return terminated.getReason();
    }
    return terminated.getSignal() != 0
        ? "Signal:" + terminated.getSignal()
        : "ExitCode:" + terminated.getExitCode();
  }

  private static Time later(Time time, ContainerStatus status) {
    if (!status.getLastState().hasTerminated()) {
      return time;
    }
    Time finished = status.getLastState().getTerminated().getFinishedAt();
    return finished.getSeconds() > time.getSeconds() ? finished : time;
  }

  String ready() {
    return ready + "/" + containers;
  }

  String status() {
    return reason;
  }

  String restarts(Instant now) {
    return restarts == 0 || HumanDuration.isUnset(lastRestart)
        ? String.valueOf(restarts)
        : restarts
            + " ("
            + HumanDuration.of(Duration.between(HumanDuration.instant(lastRestart), now))
            + " ago)";
  }

  String readinessGates() {
    int gates = pod.getSpec().getReadinessGatesCount();
    if (gates == 0) {
      return Cells.NONE;
    }
    long open =
        pod.getSpec().getReadinessGatesList().stream()
            .filter(gate ->
                pod.getStatus().getConditionsList().stream()
                    .anyMatch(c ->
                        c.getType().equals(gate.getConditionType())
                            && c.getStatus().equals("True")))
            .count();
    return open + "/" + gates;
  }
}
