package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.scheduler.NodeBuilder.node;
import static io.kemudi.scheduler.PodBuilder.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Pod;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private final Bench bench = new Bench(1);

  @Test
  void spreadsEqualPodsByWhatIsLeft() {
    bench.nodes(node("a"), node("b"));
    bench.pods(pod("p1").cpu("1"), pod("p2").cpu("1"), pod("p3").cpu("1"), pod("p4").cpu("1"));
    bench.decide();

    assertThat(bench.cache.snapshot().pods(0)).hasSize(2);
    assertThat(bench.cache.snapshot().pods(1)).hasSize(2);
  }

  @Test
  void prefersTheNodeThatThePodPrefers() {
    bench.nodes(node("a"), node("b").label("disk", "ssd"), node("c"));
    bench.pods(pod("p").prefers(50, "disk", "In", "ssd")).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b");
  }

  @Test
  void avoidsSoftTaints() {
    bench.nodes(node("a").taint("x", "", "PreferNoSchedule"), node("b"));
    bench.pods(pod("p").cpu("1"), pod("q").cpu("1")).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b");
  }

  @Test
  void higherPriorityGoesFirst() {
    bench.nodes(node("a").allocatable("cpu", "1"));
    bench.pods(pod("low").cpu("1"), pod("high").cpu("1").priority(10)).decide();

    assertThat(bench.nodeOf("high")).isEqualTo("a");
    assertThat(bench.nodeOf("low")).isEmpty();
  }

  @Test
  void aRefusalCountsEveryNodeAndAddsUp() {
    bench.nodes(node("a").taint("x", "", "NoSchedule"), node("b"), node("c"));
    bench.pods(pod("q1").cpu("3").on("b"), pod("q2").cpu("3").on("c"), pod("p").cpu("2")).decide();

    assertThat(bench.refused)
        .containsEntry(
            "p",
            "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu."
                + " no new claims to deallocate, preemption: 0/3 nodes are available:"
                + " 1 Preemption is not helpful for scheduling,"
                + " 2 No preemption victims found for incoming pod.");
  }

  @Test
  void aPodThatNamesANodeThatIsNotThereIsRefused() {
    bench.nodes(node("a"), node("b"));
    bench.pods(pod("p").requiresName("z")).decide();

    assertThat(bench.refused.get("p"))
        .startsWith("0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ");
  }

  @Test
  void withoutNodesItSaysSoAndTheFirstNodeWakesThePod() {
    bench.pods(pod("p")).decide();
    assertThat(bench.refused).containsEntry("p", "no nodes available to schedule pods");
    bench.nodes(node("a"));
    wait(Duration.ofSeconds(1));

    assertThat(bench.nodeOf("p")).isEqualTo("a");
  }

  @Test
  void onlyAnEventThatMayHelpWakesARefusedPod() {
    bench.nodes(node("a").allocatable("cpu", "1"));
    bench.pods(pod("q").cpu("1").on("a"), pod("p").cpu("1")).decide();
    wait(Duration.ofSeconds(2));
    bench.nodes(node("a").allocatable("cpu", "1").label("new", "label"));
    assertThat(bench.scheduler.queue().activeCount()).isZero();

    bench.scheduler.podIsGone(pod("q").build());
    bench.decide();
    assertThat(bench.nodeOf("p")).isEqualTo("a");
  }

  @Test
  void aRefusedPodIsTriedAgainAfterFiveMinutesWhateverHappens() {
    bench.nodes(node("a").cordoned());
    bench.pods(pod("p")).decide();
    bench.refused.clear();
    bench.time.advance(Duration.ofMinutes(4));
    bench.scheduler.settle();
    assertThat(bench.scheduler.scheduleOne()).isFalse();
    bench.time.advance(Duration.ofMinutes(2));
    bench.scheduler.settle();

    assertThat(bench.scheduler.scheduleOne()).isTrue();
    assertThat(bench.refused).containsKey("p");
  }

  @Test
  void itsOwnReportDoesNotWakeAPod() {
    bench.nodes(node("a").cordoned());
    bench.pods(pod("p")).decide();
    Pod.Builder reported = pod("p").build().toBuilder();
    reported.getStatusBuilder().addConditionsBuilder().setType("PodScheduled").setStatus("False");
    bench.scheduler.podIs(reported.build());

    assertThat(bench.scheduler.scheduleOne()).isFalse();
  }

  @Test
  void aGatedPodWaitsUntilItsGatesAreGone() {
    bench.nodes(node("a"));
    bench.pods(pod("p").gate("example.com/quota")).decide();
    assertThat(bench.nodeOf("p")).isEmpty();
    bench.pods(pod("p")).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("a");
  }

  @Test
  void podsOfOtherSchedulersAreLeftAlone() {
    bench.nodes(node("a"));
    Pod.Builder other = pod("p").build().toBuilder();
    other.getSpecBuilder().setSchedulerName("mine");
    bench.scheduler.podIs(other.build());

    assertThat(bench.scheduler.scheduleOne()).isFalse();
  }

  @Test
  void bindsAtTheServer() {
    Pod made = bench.server.create(PODS, pod("p").build(), WriteOptions.NONE);
    bench.nodes(node("a"));
    bench.scheduler.podIs(made);
    bench.decide();
    bench.scheduler.bindNext();
    bench.scheduler.settle();

    assertThat(bench.server.get(PODS, "ns", "p").getSpec().getNodeName()).isEqualTo("a");
    assertThat(bench.placed).containsEntry("p", "a");
  }

  @Test
  void aFailedBindingIsForgottenAndTriedAgainAfterBackOff() {
    Pod made = bench.server.create(PODS, pod("p").build(), WriteOptions.NONE);
    bench.nodes(node("a"));
    bench.scheduler.podIs(made);
    bench.server.refuse(
        (verb, _) -> verb.equals("bind") ? new ApiException(StatusReason.TIMEOUT, "late") : null);
    bench.decide();
    bench.scheduler.bindNext();
    bench.scheduler.settle();

    assertThat(bench.cache.snapshot().pods(0)).isEmpty();
    assertThat(bench.refused).containsEntry("p", "binding rejected: late");
    assertThat(bench.scheduler.scheduleOne()).isFalse();
    bench.server.refuse((_, _) -> null);
    wait(Duration.ofSeconds(1));
    bench.scheduler.bindNext();
    bench.scheduler.settle();
    assertThat(bench.placed).containsEntry("p", "a");
  }

  @Test
  void aBoundPodThatNeverShowsExpires() {
    Pod made = bench.server.create(PODS, pod("p").build(), WriteOptions.NONE);
    bench.nodes(node("a"));
    bench.scheduler.podIs(made);
    bench.decide();
    bench.scheduler.bindNext();
    bench.scheduler.settle();
    bench.time.advance(Duration.ofMinutes(6));
    bench.scheduler.settle();

    assertThat(bench.cache.snapshot().pods(0)).isEmpty();
    assertThat(bench.scheduler.queue().activeCount()).isEqualTo(1);
  }

  @Test
  void podsOfANodeThatComesBackStillCount() {
    bench.nodes(node("a").allocatable("cpu", "1"));
    bench.pods(pod("q").cpu("1").on("a"));
    bench.scheduler.nodeIsGone("a");
    bench.nodes(node("a").allocatable("cpu", "1"), node("b").allocatable("cpu", "1"));
    bench.pods(pod("p").cpu("1")).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b");
  }

  @Test
  void sendsAwayTheCheapestPodsOfLowerPriorityAndNoMoreThanNeeded() {
    bench.nodes(node("a").allocatable("cpu", "2"), node("b").allocatable("cpu", "2"));
    bench.pods(
        pod("a1").cpu("1").priority(5).on("a"),
        pod("a2").cpu("1").priority(1).on("a"),
        pod("b1").cpu("2").priority(3).on("b"),
        pod("p").cpu("1").priority(10));
    bench.decide();

    assertThat(bench.preempted).containsExactly("a2");
    assertThat(bench.cache.snapshot().pods(0)).hasSize(2);
  }

  @Test
  void aPodThatMayNotPreemptSaysSo() {
    bench.nodes(node("a").allocatable("cpu", "1"));
    Pod.Builder polite = pod("p").cpu("1").priority(10).build().toBuilder();
    polite.getSpecBuilder().setPreemptionPolicy("Never");
    bench.pods(pod("q").cpu("1").on("a"));
    bench.scheduler.podIs(polite.build());
    bench.decide();

    assertThat(bench.preempted).isEmpty();
    assertThat(bench.refused.get("p"))
        .endsWith("preemption: not eligible due to preemptionPolicy=Never.");
  }

  @Test
  void aNodeThatHasNotReportedYetTakesNothing() {
    bench.scheduler.nodeIs(node("a").build().toBuilder().clearStatus().build());
    bench.pods(pod("p")).decide();

    assertThat(bench.refused.get("p")).startsWith("0/1 nodes are available: 1 Too many pods.");
  }

  @Test
  void aPodWhoseClaimIsMissingIsRefused() {
    bench.nodes(node("a"));
    Pod.Builder stateful = pod("p").build().toBuilder();
    stateful
        .getSpecBuilder()
        .addVolumesBuilder()
        .setName("data")
        .getVolumeSourceBuilder()
        .getPersistentVolumeClaimBuilder()
        .setClaimName("mine");
    bench.scheduler.podIs(stateful.build());
    bench.decide();

    assertThat(bench.refused.get("p"))
        .startsWith("0/1 nodes are available: persistentvolumeclaim \"mine\" not found.");
  }

  private void wait(Duration time) {
    bench.time.advance(time);
    bench.scheduler.settle();
    bench.decide();
  }
}
