package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.status.PodContainers;
import io.kemudi.nodeagent.status.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides what to do next for a pod, from what it wants and what the runtime has. Pure; called
/// again after every change, so it needs to be right only about the next steps.
final class PodPlanner {
  private final PodSpec spec;
  private final ObservedPod observed;
  private final Function<Seen, ContainerHealth> health;
  private final Function<String, Backoff> backoffs;
  private final Instant now;
  private final int sandboxesBefore;
  private final List<Step> steps = new ArrayList<>();

  private PodPlanner(
      PodSpec spec,
      ObservedPod observed,
      Function<Seen, ContainerHealth> health,
      Function<String, Backoff> backoffs,
      Instant now,
      int sandboxesBefore) {
    this.spec = spec;
    this.observed = observed;
    this.health = health;
    this.backoffs = backoffs;
    this.now = now;
    this.sandboxesBefore = sandboxesBefore;
  }

  /// @param backoffs by container name
  /// @param sandboxesBefore how many sandboxes the pod has had that the runtime no longer shows
  static List<Step> plan(
      PodSpec spec,
      ObservedPod observed,
      Function<Seen, ContainerHealth> health,
      Function<String, Backoff> backoffs,
      Instant now,
      int sandboxesBefore) {
    var planner = new PodPlanner(spec, observed, health, backoffs, now, sandboxesBefore);
    planner.decide();
    return planner.steps;
  }

  private void decide() {
    if (allOver()) {
      stopAll("Stopping container ");
      steps.add(new Step.Finish());
      return;
    }
    PodSandboxStatus sandbox = observed.sandbox();
    if (sandbox == null) {
      int attempt =
          observed.sandboxes().isEmpty()
              ? sandboxesBefore
              : observed.sandboxes().get(0).getMetadata().getAttempt() + 1;
      steps.add(new Step.CreateSandbox(attempt));
      return;
    }
    if (initialize()) {
      spec.getContainersList().forEach(c -> keepRunning(c, spec.getRestartPolicy()));
    }
    startEphemeral();
  }

  /// Whether every main container has ended for good, or an init container has failed for good.
  private boolean allOver() {
    String policy = spec.getRestartPolicy();
    if (policy.equals("Always") || policy.isEmpty()) {
      return false;
    }
    boolean never = policy.equals("Never");
    for (Container init : spec.getInitContainersList()) {
      Seen seen = observed.newest(init.getName());
      if (never && !PodContainers.isSidecar(init) && failed(seen)) {
        return true;
      }
    }
    for (Container container : spec.getContainersList()) {
      Seen seen = observed.newest(container.getName());
      if (seen == null || !seen.exited() || mayRestart(policy, seen)) {
        return false;
      }
    }
    return true;
  }

  private static boolean failed(@Nullable Seen seen) {
    return seen != null && seen.exited() && seen.status().getExitCode() != 0;
  }

  private static boolean mayRestart(String policy, Seen exited) {
    return switch (policy) {
      case "Never" -> false;
      case "OnFailure" -> exited.status().getExitCode() != 0;
      default -> true;
    };
  }

  private void stopAll(String why) {
    for (Container container : PodContainers.all(spec)) {
      for (Seen seen : observed.attempts(container.getName())) {
        if (seen.running()) {
          steps.add(new Step.Stop(container, seen, why + container.getName(), null));
        }
      }
    }
  }

  /// Takes init containers one after the other; true when the main ones may run.
  private boolean initialize() {
    boolean mainStarted =
        spec.getContainersList().stream().anyMatch(c -> observed.current(c.getName()) != null);
    for (Container init : spec.getInitContainersList()) {
      if (PodContainers.isSidecar(init)) {
        keepRunning(init, "Always");
        Seen seen = observed.current(init.getName());
        boolean started = seen != null && seen.running() && health.apply(seen).started();
        if (!started && !mainStarted) {
          return false;
        }
      } else if (!mainStarted && !initDone(init)) {
        return false;
      }
    }
    return true;
  }

  private boolean initDone(Container init) {
    Seen seen = observed.current(init.getName());
    if (seen != null && seen.exited() && seen.status().getExitCode() == 0) {
      return true;
    }
    // An init container that fails is tried again unless the pod says Never (see allOver).
    keepRunning(init, spec.getRestartPolicy().equals("Never") ? "Never" : "OnFailure");
    return false;
  }

  private void keepRunning(Container container, String policy) {
    Seen seen = observed.current(container.getName());
    if (seen == null) {
      steps.add(
          new Step.Start(container, nextAttempt(container), observed.newest(container.getName())));
    } else if (seen.running()) {
      stopIfUnfit(container, seen);
    } else if (seen.exited() && mayRestart(policy, seen)) {
      restart(container, seen);
    } else if (!seen.exited()) {
      // Made but never started: the agent was interrupted in between, or the start failed.
      restart(container, seen);
    }
  }

  private void stopIfUnfit(Container container, Seen seen) {
    ContainerHealth state = health.apply(seen);
    String name = container.getName();
    if (!ContainerHash.of(container).equals(seen.status().getAnnotationsMap().get(Labels.HASH))) {
      steps.add(
          new Step.Stop(
              container,
              seen,
              "Container " + name + " definition changed, will be restarted",
              null));
    } else if (state.failed() != null) {
      steps.add(
          new Step.Stop(
              container,
              seen,
              "Container " + name + " failed " + state.failed() + " probe, will be restarted",
              state.grace()));
    }
  }

  private void restart(Container container, Seen seen) {
    Instant failedAt =
        Times.instant(
            seen.status().getFinishedAt() > 0
                ? seen.status().getFinishedAt()
                : seen.status().getCreatedAt());
    Instant readyAt = backoffs.apply(container.getName()).readyAt(failedAt);
    if (readyAt.isAfter(now)) {
      steps.add(new Step.BackOff(container, seen, readyAt));
    } else {
      steps.add(new Step.Start(container, seen.attempt() + 1, seen));
    }
  }

  private int nextAttempt(Container container) {
    Seen before = observed.newest(container.getName());
    return before == null ? 0 : before.attempt() + 1;
  }

  /// Ephemeral containers are started once and never again.
  private void startEphemeral() {
    for (EphemeralContainer ephemeral : spec.getEphemeralContainersList()) {
      Container container = PodContainers.asContainer(ephemeral);
      if (observed.newest(container.getName()) == null) {
        steps.add(new Step.Start(container, 0, null));
      }
    }
  }
}
