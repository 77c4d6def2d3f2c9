package io.kemudi.controllermanager.deployment;

import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.DeploymentCondition;
import io.kemudi.kubernetes.apps.v1.DeploymentStatus;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The status of a Deployment as a function of its ReplicaSets, in upstream's reasons and words,
/// which `kubectl rollout status` reads.
final class DeploymentStatuses {
  private final Deployment deployment;
  private final @Nullable ReplicaSet current;
  private final List<ReplicaSet> old;
  private final Instant now;

  DeploymentStatuses(
      Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old, Instant now) {
    this.deployment = deployment;
    this.current = current;
    this.old = old;
    this.now = now;
  }

  DeploymentStatus compute() {
    int replicas = 0;
    int ready = 0;
    int available = 0;
    int terminating = 0;
    for (ReplicaSet set : all()) {
      replicas += set.getStatus().getReplicas();
      ready += set.getStatus().getReadyReplicas();
      available += set.getStatus().getAvailableReplicas();
      terminating += set.getStatus().getTerminatingReplicas();
    }
    int sized = all().stream().mapToInt(s -> s.getSpec().getReplicas()).sum();
    var status =
        deployment.getStatus().toBuilder()
            .setObservedGeneration(deployment.getMetadata().getGeneration())
            .setReplicas(replicas)
            .setUpdatedReplicas(current == null ? 0 : current.getStatus().getReplicas())
            .setReadyReplicas(ready)
            .setAvailableReplicas(available)
            .setUnavailableReplicas(Math.max(0, sized - available))
            .setTerminatingReplicas(terminating)
            .clearConditions();
    var conditions = new ArrayList<DeploymentCondition>();
    put(conditions, availability(available));
    DeploymentCondition progress = progress(status.build());
    if (progress != null) {
      put(conditions, progress);
    }
    DeploymentCondition failure = failure();
    if (failure != null) {
      put(conditions, failure);
    }
    return status.addAllConditions(conditions).build();
  }

  /// How long until the progress deadline of a rollout that is under way; null when none runs.
  @Nullable Duration untilDeadline(DeploymentStatus status) {
    if (!deployment.getSpec().hasProgressDeadlineSeconds() || complete(status)) {
      return null;
    }
    for (DeploymentCondition condition : status.getConditionsList()) {
      if (condition.getType().equals("Progressing") && condition.getStatus().equals("True")) {
        Instant deadline =
            PodStates.instant(condition.getLastUpdateTime())
                .plusSeconds(deployment.getSpec().getProgressDeadlineSeconds());
        Duration left = Duration.between(now, deadline);
        return left.isNegative() ? Duration.ZERO : left.plusSeconds(1);
      }
    }
    return null;
  }

  private List<ReplicaSet> all() {
    var all = new ArrayList<>(old);
    if (current != null) {
      all.add(current);
    }
    return all;
  }

  private DeploymentCondition.Builder availability(int available) {
    int needed = deployment.getSpec().getReplicas() - RollingUpdate.of(deployment).maxUnavailable();
    return available >= needed
        ? condition(
            "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        : condition(
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.");
  }

  private @Nullable DeploymentCondition progress(DeploymentStatus status) {
    DeploymentCondition before = find("Progressing");
    if (!deployment.getSpec().hasProgressDeadlineSeconds()
        || deployment.getSpec().getProgressDeadlineSeconds() == Integer.MAX_VALUE) {
      return null;
    }
    String subject =
        current == null
            ? "Deployment \"" + deployment.getMetadata().getName() + "\""
            : "ReplicaSet \"" + current.getMetadata().getName() + "\"";
    boolean wasDone = before != null && before.getReason().equals("NewReplicaSetAvailable");
    if (deployment.getSpec().getPaused()) {
      return pausedOrResumed(before);
    }
    if (complete(status)) {
      var done =
          condition(
              "Progressing",
              "True",
              "NewReplicaSetAvailable",
              subject + " has successfully progressed.");
      return settle(done, before, !wasDone);
    }
    if (before == null || advanced(status) || wasDone || isPauseReason(before)) {
      var moving =
          condition("Progressing", "True", "ReplicaSetUpdated", subject + " is progressing.");
      return settle(moving, before, true);
    }
    if (timedOut(before)) {
      var late =
          condition(
              "Progressing",
              "False",
              "ProgressDeadlineExceeded",
              subject + " has timed out progressing.");
      return settle(late, before, !before.getReason().equals("ProgressDeadlineExceeded"));
    }
    return before;
  }

  private DeploymentCondition pausedOrResumed(@Nullable DeploymentCondition before) {
    if (before != null && before.getReason().equals("DeploymentPaused")) {
      return before;
    }
    return settle(
        condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused"),
        before,
        true);
  }

  private static boolean isPauseReason(DeploymentCondition condition) {
    return condition.getReason().equals("DeploymentPaused");
  }

  private boolean complete(DeploymentStatus status) {
    int desired = deployment.getSpec().getReplicas();
    return status.getUpdatedReplicas() == desired
        && status.getReplicas() == desired
        && status.getAvailableReplicas() == desired
        && current != null;
  }

  private boolean advanced(DeploymentStatus status) {
    DeploymentStatus before = deployment.getStatus();
    return status.getUpdatedReplicas() > before.getUpdatedReplicas()
        || status.getReadyReplicas() > before.getReadyReplicas()
        || status.getAvailableReplicas() > before.getAvailableReplicas()
        || status.getReplicas() - status.getUpdatedReplicas()
            < before.getReplicas() - before.getUpdatedReplicas();
  }

  private boolean timedOut(DeploymentCondition progressing) {
    if (progressing.getReason().equals("ProgressDeadlineExceeded")) {
      return true;
    }
    Instant deadline =
        PodStates.instant(progressing.getLastUpdateTime())
            .plusSeconds(deployment.getSpec().getProgressDeadlineSeconds());
    return now.isAfter(deadline);
  }

  /// A set that cannot make its pods says so on its Deployment.
  private @Nullable DeploymentCondition failure() {
    for (ReplicaSet set : all().reversed()) {
      for (ReplicaSetCondition condition : set.getStatus().getConditionsList()) {
        if (condition.getType().equals("ReplicaFailure")) {
          return settle(
              condition(
                  "ReplicaFailure",
                  condition.getStatus(),
                  condition.getReason(),
                  condition.getMessage()),
              find("ReplicaFailure"),
              false);
        }
      }
    }
    return null;
  }

  private void put(List<DeploymentCondition> conditions, DeploymentCondition.Builder condition) {
    conditions.add(settle(condition, find(condition.getType()), false));
  }

  private static void put(List<DeploymentCondition> conditions, DeploymentCondition condition) {
    conditions.add(condition);
  }

  private static DeploymentCondition.Builder condition(
      String type, String status, String reason, String message) {
    return DeploymentCondition.newBuilder()
        .setType(type)
        .setStatus(status)
        .setReason(reason)
        .setMessage(message);
  }

  /// Gives a condition its times: those of the one before where nothing changed. `touch` renews the
  /// update time although status and reason are the same, which is what progress means.
  private DeploymentCondition settle(
      DeploymentCondition.Builder next, @Nullable DeploymentCondition before, boolean touch) {
    var stamp = PodStates.time(now);
    next.setLastTransitionTime(stamp).setLastUpdateTime(stamp);
    if (before != null && before.getStatus().equals(next.getStatus())) {
      next.setLastTransitionTime(before.getLastTransitionTime());
      if (before.getReason().equals(next.getReason()) && !touch) {
        next.setLastUpdateTime(before.getLastUpdateTime()).setMessage(before.getMessage());
      }
    }
    return next.build();
  }

  private @Nullable DeploymentCondition find(String type) {
    for (DeploymentCondition condition : deployment.getStatus().getConditionsList()) {
      if (condition.getType().equals(type)) {
        return condition;
      }
    }
    return null;
  }
}
