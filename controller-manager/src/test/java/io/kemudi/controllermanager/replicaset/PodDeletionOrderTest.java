package io.kemudi.controllermanager.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodDeletionOrderTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000);

  @Test
  void thePodThatServesLeastGoesFirst() {
    Pod unbound = pod("unbound", "", "Pending", 0);
    Pod pending = pod("pending", "n1", "Pending", 0);
    Pod unready = pod("unready", "n2", "Running", 0);
    Pod serving = pod("serving", "n3", "Running", 100);

    var order = PodDeletionOrder.first(4, List.of(serving, unready, pending, unbound), NOW);

    assertThat(names(order)).containsExactly("unbound", "pending", "unready", "serving");
  }

  @Test
  void ofServingPodsTheOneOnTheCrowdedNodeGoesFirstThenTheYounger() {
    Pod crowdedOld = pod("crowded-old", "n1", "Running", 10);
    Pod crowdedNew = pod("crowded-new", "n1", "Running", 20);
    Pod alone = pod("alone", "n2", "Running", 30);

    var order = PodDeletionOrder.first(3, List.of(alone, crowdedOld, crowdedNew), NOW);

    assertThat(names(order)).containsExactly("crowded-new", "crowded-old", "alone");
  }

  @Test
  void aLowerDeletionCostGoesBeforeEverythingThatReadyPodsDifferIn() {
    Pod dear = pod("dear", "n1", "Running", 10);
    Pod cheap =
        pod("cheap", "n2", "Running", 10).toBuilder()
            .setMetadata(
                ObjectMeta.newBuilder()
                    .setName("cheap")
                    .putAnnotations("controller.kubernetes.io/pod-deletion-cost", "-5"))
            .build();

    assertThat(names(PodDeletionOrder.first(1, List.of(dear, cheap), NOW)))
        .containsExactly("cheap");
  }

  private static List<String> names(List<Pod> pods) {
    return pods.stream().map(p -> p.getMetadata().getName()).toList();
  }

  private static Pod pod(String name, String node, String phase, long readySince) {
    var status = PodStatus.newBuilder().setPhase(phase);
    if (readySince > 0) {
      status.addConditions(
          PodCondition.newBuilder()
              .setType("Ready")
              .setStatus("True")
              .setLastTransitionTime(Time.newBuilder().setSeconds(readySince)));
    }
    return Pod.newBuilder()
        .setMetadata(ObjectMeta.newBuilder().setName(name))
        .setSpec(PodSpec.newBuilder().setNodeName(node))
        .setStatus(status)
        .build();
  }
}
