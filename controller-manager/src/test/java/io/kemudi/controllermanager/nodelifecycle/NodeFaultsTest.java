package io.kemudi.controllermanager.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeCondition;
import io.kemudi.kubernetes.core.v1.NodeSpec;
import io.kemudi.kubernetes.core.v1.NodeStatus;
import io.kemudi.kubernetes.core.v1.Taint;
import io.kemudi.kubernetes.core.v1.Toleration;
import io.kemudi.kubernetes.meta.v1.Time;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeFaultsTest {
  private static final Instant NOW = Instant.ofEpochSecond(10_000);

  @Test
  void anUnknownNodeIsUnreachableAndItsPodsHaveToGo() {
    var taints = NodeTaints.wanted(node("Unknown"), true, NOW);

    assertThat(taints)
        .extracting(Taint::getKey, Taint::getEffect)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(NodeTaints.UNREACHABLE, "NoSchedule"),
            org.assertj.core.groups.Tuple.tuple(NodeTaints.UNREACHABLE, "NoExecute"));
  }

  @Test
  void whileNoNodeIsReadyNobodyIsEvicted() {
    var taints = NodeTaints.wanted(node("Unknown"), false, NOW);

    assertThat(taints).extracting(Taint::getEffect).containsExactly("NoSchedule");
  }

  @Test
  void aReadyNodeLosesOurTaintsAndKeepsOthers() {
    Taint foreign = Taint.newBuilder().setKey("team").setEffect("NoExecute").build();
    Taint ours = Taint.newBuilder().setKey(NodeTaints.NOT_READY).setEffect("NoExecute").build();
    Node node =
        node("True").toBuilder()
            .setSpec(NodeSpec.newBuilder().addTaints(ours).addTaints(foreign))
            .build();

    assertThat(NodeTaints.wanted(node, true, NOW)).containsExactly(foreign);
  }

  @Test
  void aPodStaysAsLongAsItTolerates() {
    Taint lost =
        Taint.newBuilder()
            .setKey(NodeTaints.UNREACHABLE)
            .setEffect("NoExecute")
            .setTimeAdded(Time.newBuilder().setSeconds(9_900))
            .build();
    Toleration forFiveMinutes =
        Toleration.newBuilder()
            .setKey(NodeTaints.UNREACHABLE)
            .setOperator("Exists")
            .setEffect("NoExecute")
            .setTolerationSeconds(300)
            .build();
    Toleration forEver = Toleration.newBuilder().setOperator("Exists").build();

    assertThat(TaintEvictionReconciler.evictionTime(List.of(lost), List.of(forFiveMinutes), NOW))
        .contains(Instant.ofEpochSecond(10_200));
    assertThat(TaintEvictionReconciler.evictionTime(List.of(lost), List.of(forEver), NOW))
        .isEmpty();
    assertThat(TaintEvictionReconciler.evictionTime(List.of(lost), List.of(), NOW)).contains(NOW);
  }

  private static Node node(String ready) {
    return Node.newBuilder()
        .setStatus(
            NodeStatus.newBuilder()
                .addConditions(NodeCondition.newBuilder().setType("Ready").setStatus(ready)))
        .build();
  }
}
