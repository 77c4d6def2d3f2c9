package io.kemudi.controllermanager.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.DeploymentCondition;
import io.kemudi.kubernetes.apps.v1.DeploymentStatus;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentStatusesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Deployment deployment = deployment();

  @Test
  void aRolloutProgressesAndIsDone() {
    DeploymentStatus first = at(0, set("web-1", 3, 0));
    assertThat(condition(first, "Progressing").getReason()).isEqualTo("ReplicaSetUpdated");
    assertThat(condition(first, "Available").getStatus()).isEqualTo("False");
    assertThat(first.getUnavailableReplicas()).isEqualTo(3);

    DeploymentStatus last = at(1, set("web-1", 3, 3));
    DeploymentCondition done = condition(last, "Progressing");
    assertThat(done.getReason()).isEqualTo("NewReplicaSetAvailable");
    assertThat(done.getMessage()).isEqualTo("ReplicaSet \"web-1\" has successfully progressed.");
    assertThat(condition(last, "Available").getStatus()).isEqualTo("True");
    assertThat(at(2, set("web-1", 3, 3))).isEqualTo(last); // nothing new, nothing to write
  }

  @Test
  void aRolloutWithoutProgressTimesOutAndRecovers() {
    at(0, set("web-1", 3, 1));
    var statuses = new DeploymentStatuses(deployment, set("web-1", 3, 1), List.of(), START);
    assertThat(statuses.untilDeadline(deployment.getStatus())).isEqualTo(Duration.ofSeconds(61));

    DeploymentCondition late = condition(at(61, set("web-1", 3, 1)), "Progressing");
    assertThat(late.getStatus()).isEqualTo("False");
    assertThat(late.getReason()).isEqualTo("ProgressDeadlineExceeded");

    DeploymentCondition again = condition(at(70, set("web-1", 3, 2)), "Progressing");
    assertThat(again.getStatus()).isEqualTo("True");
    assertThat(again.getReason()).isEqualTo("ReplicaSetUpdated");
  }

  @Test
  void aPausedRolloutHasNoDeadline() {
    at(0, set("web-1", 3, 1));
    var paused = deployment.toBuilder();
    paused.getSpecBuilder().setPaused(true);
    deployment = paused.build();

    DeploymentCondition progress = condition(at(100, set("web-1", 3, 1)), "Progressing");
    assertThat(progress.getStatus()).isEqualTo("Unknown");
    assertThat(progress.getReason()).isEqualTo("DeploymentPaused");
  }

  @Test
  void whatASetCannotMakeIsSaidOnTheDeployment() {
    var broken = set("web-1", 3, 0).toBuilder();
    broken
        .getStatusBuilder()
        .addConditionsBuilder()
        .setType("ReplicaFailure")
        .setStatus("True")
        .setReason("FailedCreate")
        .setMessage("exceeded quota");
    assertThat(condition(at(0, broken.build()), "ReplicaFailure").getMessage())
        .isEqualTo("exceeded quota");
    assertThat(at(1, set("web-1", 3, 1)).getConditionsList())
        .noneMatch(c -> c.getType().equals("ReplicaFailure"));
  }

  /// The status after `seconds`, which the deployment has from then on.
  private DeploymentStatus at(long seconds, ReplicaSet current) {
    DeploymentStatus status =
        new DeploymentStatuses(deployment, current, List.of(), START.plusSeconds(seconds))
            .compute();
    deployment = deployment.toBuilder().setStatus(status).build();
    return status;
  }

  private static DeploymentCondition condition(DeploymentStatus status, String type) {
    return status.getConditionsList().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static Deployment deployment() {
    var deployment = Deployment.newBuilder();
    deployment.getMetadataBuilder().setName("web").setGeneration(1);
    deployment.getSpecBuilder().setReplicas(3).setProgressDeadlineSeconds(60);
    deployment.getSpecBuilder().getStrategyBuilder().setType("RollingUpdate");
    return deployment.build();
  }

  private static ReplicaSet set(String name, int replicas, int available) {
    var set = ReplicaSet.newBuilder();
    set.getMetadataBuilder().setName(name);
    set.getSpecBuilder().setReplicas(replicas);
    set.getStatusBuilder()
        .setReplicas(replicas)
        .setReadyReplicas(available)
        .setAvailableReplicas(available);
    return set.build();
  }
}
