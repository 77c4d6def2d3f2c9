package io.kemudi.nodeagent.status;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.PodReadinessGate;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The conditions that the node answers for. Others (readiness gates, disruption) belong to whoever
/// wrote them and are carried along untouched.
public final class PodConditions {
  public static final Set<String> OWNED =
      Set.of(
          "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

  private PodConditions() {}

  /// The conditions of `pod` with the container statuses in `status`. A condition keeps its
  /// transition time for as long as its status stays the same.
  public static List<PodCondition> of(
      Pod pod, PodStatus status, PodPhase phase, boolean sandboxReady, Instant now) {
    var verdicts = new LinkedHashMap<String, Verdict>();
    Verdict containersReady = containersReady(pod.getSpec(), status, phase);
    verdicts.put("PodReadyToStartContainers", Verdict.of(sandboxReady));
    verdicts.put("Initialized", initialized(pod.getSpec(), status, phase));
    verdicts.put("Ready", ready(pod, containersReady));
    verdicts.put("ContainersReady", containersReady);
    verdicts.put("PodScheduled", Verdict.of(true));

    var conditions = new ArrayList<PodCondition>();
    for (PodCondition old : pod.getStatus().getConditionsList()) {
      if (!OWNED.contains(old.getType())) {
        conditions.add(old);
      }
    }
    for (Map.Entry<String, Verdict> entry : verdicts.entrySet()) {
      conditions.add(condition(pod, entry.getKey(), entry.getValue(), now));
    }
    return conditions;
  }

  private static PodCondition condition(Pod pod, String type, Verdict verdict, Instant now) {
    PodCondition old = find(pod.getStatus().getConditionsList(), type);
    String status = verdict.yes() ? "True" : "False";
    Time since =
        old != null && old.getStatus().equals(status) ? old.getLastTransitionTime() : Times.of(now);
    PodCondition.Builder condition =
        PodCondition.newBuilder().setType(type).setStatus(status).setLastTransitionTime(since);
    if (pod.getMetadata().getGeneration() > 0) {
      condition.setObservedGeneration(pod.getMetadata().getGeneration());
    }
    if (!verdict.reason().isEmpty()) {
      condition.setReason(verdict.reason());
    }
    if (!verdict.message().isEmpty()) {
      condition.setMessage(verdict.message());
    }
    return condition.build();
  }

  public static @Nullable PodCondition find(List<PodCondition> conditions, String type) {
    for (PodCondition condition : conditions) {
      if (condition.getType().equals(type)) {
        return condition;
      }
    }
    return null;
  }

  private static Verdict initialized(PodSpec spec, PodStatus status, PodPhase phase) {
    if (phase == PodPhase.SUCCEEDED) {
      return new Verdict(true, "PodCompleted", "");
    }
    var unknown = new ArrayList<String>();
    var incomplete = new ArrayList<String>();
    for (Container container : spec.getInitContainersList()) {
      ContainerStatus found = statusOf(status.getInitContainerStatusesList(), container.getName());
      if (found == null) {
        unknown.add(container.getName());
      } else if (!initDone(container, found)) {
        incomplete.add(container.getName());
      }
    }
    return Verdict.unless(unknown, incomplete, "incomplete", "ContainersNotInitialized");
  }

  private static boolean initDone(Container container, ContainerStatus status) {
    return PodContainers.isSidecar(container)
        ? status.getStarted()
        : status.getState().hasTerminated() && status.getState().getTerminated().getExitCode() == 0;
  }

  private static Verdict containersReady(PodSpec spec, PodStatus status, PodPhase phase) {
    if (phase == PodPhase.SUCCEEDED) {
      return new Verdict(false, "PodCompleted", "");
    }
    if (phase == PodPhase.FAILED) {
      return new Verdict(false, "PodFailed", "");
    }
    var unknown = new ArrayList<String>();
    var unready = new ArrayList<String>();
    for (Container container : PodContainers.lasting(spec)) {
      ContainerStatus found = statusOf(status.getContainerStatusesList(), container.getName());
      if (found == null) {
        found = statusOf(status.getInitContainerStatusesList(), container.getName());
      }
      if (found == null) {
        unknown.add(container.getName());
      } else if (!found.getReady()) {
        unready.add(container.getName());
      }
    }
    return Verdict.unless(unknown, unready, "unready", "ContainersNotReady");
  }

  private static Verdict ready(Pod pod, Verdict containersReady) {
    if (!containersReady.yes()) {
      return containersReady;
    }
    var missing = new ArrayList<String>();
    for (PodReadinessGate gate : pod.getSpec().getReadinessGatesList()) {
      PodCondition found = find(pod.getStatus().getConditionsList(), gate.getConditionType());
      if (found == null) {
        missing.add(
            "corresponding condition of pod readiness gate \"%s\" does not exist."
                .formatted(gate.getConditionType()));
      } else if (!found.getStatus().equals("True")) {
        missing.add(
            "the status of pod readiness gate \"%s\" is not \"True\", but %s"
                .formatted(gate.getConditionType(), found.getStatus()));
      }
    }
    return missing.isEmpty()
        ? Verdict.of(true)
        : new Verdict(false, "ReadinessGatesNotReady", String.join(", ", missing));
  }

  private static @Nullable ContainerStatus statusOf(List<ContainerStatus> statuses, String name) {
    for (ContainerStatus status : statuses) {
      if (status.getName().equals(name)) {
        return status;
      }
    }
    return null;
  }

  private record Verdict(boolean yes, String reason, String message) {
    static Verdict of(boolean yes) {
      return new Verdict(yes, "", "");
    }

    static Verdict unless(List<String> unknown, List<String> lacking, String word, String reason) {
      var parts = new ArrayList<String>();
      if (!unknown.isEmpty()) {
        parts.add("containers with unknown status: [" + String.join(" ", unknown) + "]");
      }
      if (!lacking.isEmpty()) {
        parts.add("containers with " + word + " status: [" + String.join(" ", lacking) + "]");
      }
      return parts.isEmpty() ? of(true) : new Verdict(false, reason, String.join(", ", parts));
    }
  }
}
