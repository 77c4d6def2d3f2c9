package io.kemudi.controllermanager.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.DeploymentSpec;
import io.kemudi.kubernetes.apps.v1.DeploymentStrategy;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetSpec;
import io.kemudi.kubernetes.apps.v1.ReplicaSetStatus;
import io.kemudi.kubernetes.apps.v1.RollingUpdateDeployment;
import io.kemudi.kubernetes.intstr.IntOrString;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentRolloutTest {
  @Test
  void growsTheNewSetBySurgeFirst() {
    Deployment deployment = rolling(4, 1, 0);
    ReplicaSet old = set("old", deployment, 4, 4);
    ReplicaSet current = set("new", deployment, 0, 0);

    var sizes = new DeploymentRollout(deployment, current, List.of(old)).sizes();

    assertThat(sizes).containsEntry("new", 1).containsEntry("old", 4);
  }

  @Test
  void takesBrokenOldPodsBeforeServingOnes() {
    Deployment deployment = rolling(4, 0, 1);
    ReplicaSet broken = set("broken", deployment, 2, 0);
    ReplicaSet serving = set("serving", deployment, 3, 3);
    ReplicaSet current = set("new", deployment, 0, 0);

    var sizes = new DeploymentRollout(deployment, current, List.of(broken, serving)).sizes();

    assertThat(sizes).containsEntry("broken", 0).containsEntry("serving", 3);
  }

  @Test
  void aPausedDeploymentScalesItsSetsInProportion() {
    Deployment deployment =
        rolling(10, 0, 0).toBuilder()
            .setSpec(rolling(20, 0, 0).getSpec().toBuilder().setPaused(true))
            .build();
    ReplicaSet old = set("old", rolling(10, 0, 0), 6, 6);
    ReplicaSet current = set("new", rolling(10, 0, 0), 4, 4);

    var sizes = new DeploymentRollout(deployment, current, List.of(old)).sizes();

    assertThat(sizes).containsEntry("old", 12).containsEntry("new", 8);
  }

  @Test
  void recreateStopsEverythingOldBeforeAnythingNew() {
    Deployment deployment = recreate(3);
    ReplicaSet old = set("old", deployment, 3, 3);

    var first = new DeploymentRollout(deployment, null, List.of(old));

    assertThat(first.initialSize()).isZero();
    assertThat(first.sizes()).containsEntry("old", 0);
    var after = new DeploymentRollout(deployment, null, List.of(set("old", deployment, 0, 0)));
    assertThat(after.initialSize()).isEqualTo(3);
  }

  /// Plays random rollouts: pods become available or break at random, the deployment is scaled on
  /// the way. However it goes, the limits hold, and once everything works it ends.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void everyRolloutKeepsItsLimitsAndEnds(long seed) {
    var random = new Random(seed);
    int replicas = 1 + random.nextInt(20);
    Deployment deployment = rolling(replicas, random.nextInt(4), random.nextInt(4));
    var world = new World(deployment, random);

    for (int step = 0; step < 200; step++) {
      world.roll();
      world.check(seed, step);
      world.podsChange(true);
    }
    for (int step = 0; step < 200; step++) {
      world.roll();
      world.check(seed, step);
      world.podsChange(false);
    }

    assertThat(world.size("new")).as("seed %d", seed).isEqualTo(replicas);
    assertThat(world.size("old-a") + world.size("old-b")).as("seed %d", seed).isZero();
  }

  /// Three sets as they would stand in a cluster that does at once what it is told.
  private static final class World {
    private final Deployment deployment;
    private final RollingUpdate limits;
    private final Random random;
    private final List<ReplicaSet> sets = new ArrayList<>();
    private int availableBefore;

    World(Deployment deployment, Random random) {
      this.deployment = deployment;
      this.limits = RollingUpdate.of(deployment);
      this.random = random;
      int replicas = deployment.getSpec().getReplicas();
      int a = random.nextInt(replicas + 1);
      sets.add(set("old-a", deployment, a, a));
      sets.add(set("old-b", deployment, replicas - a, replicas - a));
      sets.add(set("new", deployment, 0, 0));
    }

    void roll() {
      availableBefore = available();
      var sizes = new DeploymentRollout(deployment, sets.get(2), sets.subList(0, 2)).sizes();
      sets.replaceAll(s -> {
        int size = sizes.getOrDefault(s.getMetadata().getName(), 0);
        // Shrinking takes pods that do not serve first, as PodDeletionOrder does.
        int available = Math.min(size, s.getStatus().getAvailableReplicas());
        return set(s.getMetadata().getName(), deployment, size, available);
      });
    }

    void check(long seed, int step) {
      int total = sets.stream().mapToInt(s -> s.getSpec().getReplicas()).sum();
      int desired = deployment.getSpec().getReplicas();
      assertThat(total)
          .as("pods in all, seed %d step %d", seed, step)
          .isLessThanOrEqualTo(desired + limits.maxSurge());
      int floor = Math.min(availableBefore, desired - limits.maxUnavailable());
      assertThat(available())
          .as("available pods, seed %d step %d", seed, step)
          .isGreaterThanOrEqualTo(floor);
    }

    void podsChange(boolean alsoForTheWorse) {
      sets.replaceAll(s -> {
        int size = s.getSpec().getReplicas();
        int now = s.getStatus().getAvailableReplicas();
        boolean worse = alsoForTheWorse && random.nextInt(4) == 0;
        int next = worse ? Math.max(0, now - 1) : Math.min(size, now + 1 + random.nextInt(2));
        return set(s.getMetadata().getName(), deployment, size, next);
      });
    }

    int available() {
      return sets.stream().mapToInt(s -> s.getStatus().getAvailableReplicas()).sum();
    }

    int size(String name) {
      return sets.stream()
          .filter(s -> s.getMetadata().getName().equals(name))
          .mapToInt(s -> s.getSpec().getReplicas())
          .sum();
    }
  }

  private static Deployment rolling(int replicas, int surge, int unavailable) {
    return Deployment.newBuilder()
        .setMetadata(ObjectMeta.newBuilder().setName("web"))
        .setSpec(
            DeploymentSpec.newBuilder()
                .setReplicas(replicas)
                .setStrategy(
                    DeploymentStrategy.newBuilder()
                        .setType("RollingUpdate")
                        .setRollingUpdate(
                            RollingUpdateDeployment.newBuilder()
                                .setMaxSurge(IntOrString.newBuilder().setIntVal(surge))
                                .setMaxUnavailable(
                                    IntOrString.newBuilder().setIntVal(unavailable)))))
        .build();
  }

  private static Deployment recreate(int replicas) {
    return Deployment.newBuilder()
        .setMetadata(ObjectMeta.newBuilder().setName("web"))
        .setSpec(
            DeploymentSpec.newBuilder()
                .setReplicas(replicas)
                .setStrategy(DeploymentStrategy.newBuilder().setType("Recreate")))
        .build();
  }

  private static ReplicaSet set(String name, Deployment deployment, int size, int available) {
    return ReplicaSet.newBuilder()
        .setMetadata(
            ObjectMeta.newBuilder()
                .setName(name)
                .putAllAnnotations(RevisionHistory.sizes(deployment)))
        .setSpec(ReplicaSetSpec.newBuilder().setReplicas(size))
        .setStatus(ReplicaSetStatus.newBuilder().setReplicas(size).setAvailableReplicas(available))
        .build();
  }
}
