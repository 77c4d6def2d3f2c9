package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerState;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The one word for how far a pod has come.
public enum PodPhase {
  PENDING("Pending"),
  RUNNING("Running"),
  SUCCEEDED("Succeeded"),
  FAILED("Failed");

  private final String text;

  PodPhase(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public static boolean isTerminal(String phase) {
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  /// Counts what the containers are doing and decides by upstream's order of questions.
  public static PodPhase of(
      PodSpec spec, List<ContainerStatus> initStatuses, List<ContainerStatus> statuses) {
    var init = new Tally();
    Map<String, ContainerStatus> initByName = byName(initStatuses);
    spec.getInitContainersList().forEach(c -> init.countInit(c, initByName.get(c.getName())));
    var main = new Tally();
    Map<String, ContainerStatus> mainByName = byName(statuses);
    spec.getContainersList().forEach(c -> main.countMain(mainByName.get(c.getName())));

    String policy = spec.getRestartPolicy();
    if (init.failed > 0 && policy.equals("Never")) {
      return FAILED;
    }
    if (init.pending > 0 && main.running + main.stopped == 0) {
      return PENDING;
    }
    if (main.waiting > 0 || main.unknown > 0) {
      return PENDING;
    }
    if (main.running > 0 || init.running > 0 || main.stopped == 0) {
      return main.running + main.stopped > 0 ? RUNNING : PENDING;
    }
    if (policy.equals("Always") || policy.isEmpty()) {
      return RUNNING;
    }
    if (main.stopped == main.succeeded) {
      return SUCCEEDED;
    }
    return policy.equals("Never") ? FAILED : RUNNING;
  }

  private static Map<String, ContainerStatus> byName(List<ContainerStatus> statuses) {
    return statuses.stream()
        .collect(Collectors.toMap(ContainerStatus::getName, Function.identity(), (a, b) -> a));
  }

  /// How many containers are in each situation.
  private static final class Tally {
    int pending;
    int failed;
    int running;
    int waiting;
    int stopped;
    int succeeded;
    int unknown;

    void countInit(Container container, @org.jspecify.annotations.Nullable ContainerStatus status) {
      if (PodContainers.isSidecar(container)) {
        countSidecar(status);
      } else if (status == null || status.getState().hasRunning()) {
        pending++;
      } else if (status.getState().hasTerminated()) {
        failed += status.getState().getTerminated().getExitCode() == 0 ? 0 : 1;
      } else {
        ContainerState last = status.getLastState();
        boolean broke = last.hasTerminated() && last.getTerminated().getExitCode() != 0;
        failed += broke ? 1 : 0;
        pending++;
      }
    }

    private void countSidecar(@org.jspecify.annotations.Nullable ContainerStatus status) {
      if (status == null) {
        pending++;
      } else if (status.getState().hasRunning()) {
        running++;
        pending += status.getStarted() ? 0 : 1;
      } else if (status.getState().hasWaiting() && !status.getLastState().hasTerminated()) {
        pending++;
      }
    }

    void countMain(@org.jspecify.annotations.Nullable ContainerStatus status) {
      if (status == null) {
        unknown++;
      } else if (status.getState().hasRunning()) {
        running++;
      } else if (status.getState().hasTerminated()) {
        stopped++;
        succeeded += status.getState().getTerminated().getExitCode() == 0 ? 1 : 0;
      } else if (status.getLastState().hasTerminated()) {
        stopped++;
      } else {
        waiting++;
      }
    }
  }
}
