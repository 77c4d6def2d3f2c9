package io.kemudi.controllermanager.replicaset;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetCondition;
import io.kemudi.kubernetes.apps.v1.ReplicaSetStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The status of a ReplicaSet as a function of its pods.
final class ReplicaSetStatuses {
  private ReplicaSetStatuses() {}

  /// `owned` are all pods of the set, also those that are terminating; `failure` says why the last
  /// creations or deletions failed, null when they did not.
  static ReplicaSetStatus compute(
      ReplicaSet set, List<Pod> owned, @Nullable Failure failure, Instant now) {
    var template = set.getSpec().getTemplate().getMetadata().getLabelsMap();
    int replicas = 0;
    int labelled = 0;
    int ready = 0;
    int available = 0;
    int terminating = 0;
    for (Pod pod : owned) {
      if (PodStates.isTerminating(pod)) {
        terminating++;
      }
      if (!PodStates.isActive(pod)) {
        continue;
      }
      replicas++;
      if (pod.getMetadata().getLabelsMap().entrySet().containsAll(template.entrySet())) {
        labelled++;
      }
      if (PodStates.isReady(pod)) {
        ready++;
        if (PodStates.isAvailable(pod, set.getSpec().getMinReadySeconds(), now)) {
          available++;
        }
      }
    }
    var status =
        set.getStatus().toBuilder()
            .setReplicas(replicas)
            .setFullyLabeledReplicas(labelled)
            .setReadyReplicas(ready)
            .setAvailableReplicas(available)
            .setTerminatingReplicas(terminating)
            .setObservedGeneration(set.getMetadata().getGeneration())
            .clearConditions();
    for (ReplicaSetCondition condition : set.getStatus().getConditionsList()) {
      if (!condition.getType().equals("ReplicaFailure")) {
        status.addConditions(condition);
      } else if (failure != null) {
        status.addConditions(condition); // keeps its transition time
      }
    }
    boolean shown =
        status.getConditionsList().stream().anyMatch(c -> c.getType().equals("ReplicaFailure"));
    if (failure != null && !shown) {
      status.addConditions(
          ReplicaSetCondition.newBuilder()
              .setType("ReplicaFailure")
              .setStatus("True")
              .setReason(failure.reason())
              .setMessage(failure.message())
              .setLastTransitionTime(PodStates.time(now)));
    }
    return status.build();
  }

  /// `FailedCreate` or `FailedDelete`, with the server's words.
  record Failure(String reason, ApiException why) {
    String message() {
      return why.text();
    }
  }
}
