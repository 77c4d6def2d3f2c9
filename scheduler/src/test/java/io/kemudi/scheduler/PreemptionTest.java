package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.scheduler.NodeBuilder.node;
import static io.kemudi.scheduler.PodBuilder.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.policy.v1.PodDisruptionBudget;
import org.junit.jupiter.api.Test;

/// Who has to go, by upstream's order.
class PreemptionTest {
  private final Bench bench = new Bench(1);

  private PodDisruptionBudget.Builder budget(String app, int allowed) {
    PodDisruptionBudget.Builder budget = PodDisruptionBudget.newBuilder();
    budget.getMetadataBuilder().setNamespace("ns").setName(app);
    budget.getSpecBuilder().getSelectorBuilder().putMatchLabels("app", app);
    budget.getStatusBuilder().setDisruptionsAllowed(allowed);
    return budget;
  }

  private static PodBuilder small(String name, int priority, String app) {
    return pod(name).cpu("1").priority(priority).label("app", app);
  }

  @Test
  void aPodWhoseBudgetIsUsedUpStaysAsLongAsOthersMayGo() {
    bench.budgets.add(budget("guarded", 0).build());
    bench.nodes(node("a").allocatable("cpu", "2"));
    bench.pods(small("g", 1, "guarded").on("a"), small("other", 5, "free").on("a"));
    bench.pods(pod("p").cpu("1").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("other");
  }

  @Test
  void aBudgetDelaysButDoesNotForbid() {
    bench.budgets.add(budget("guarded", 0).build());
    bench.nodes(node("a").allocatable("cpu", "1"));
    bench.pods(small("g", 1, "guarded").on("a"), pod("p").cpu("1").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("g");
  }

  @Test
  void theNodeWithFewestViolationsIsTakenEvenIfItsVictimsMatterMore() {
    bench.budgets.add(budget("guarded", 0).build());
    bench.nodes(node("a").allocatable("cpu", "1"), node("b").allocatable("cpu", "1"));
    bench.pods(small("g", 1, "guarded").on("a"), small("other", 9, "free").on("b"));
    bench.pods(pod("p").cpu("1").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("other");
  }

  @Test
  void aBudgetAllowsAsManyAsItsStatusSaysAndTheMostImportantFirst() {
    bench.budgets.add(budget("guarded", 1).build());
    bench.nodes(
        node("a").allocatable("cpu", "2").label("n", "a"),
        node("b").allocatable("cpu", "2").label("n", "b"));
    bench.pods(small("g1", 1, "guarded").on("a"), small("g2", 1, "guarded").on("a"));
    bench.pods(small("f1", 5, "free").on("b"), small("f2", 5, "free").on("b"));
    bench.pods(pod("p").cpu("2").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("f1", "f2");
  }

  @Test
  void whoIsBeingDisruptedCostsNothingAgainAndAnEmptySelectorGuardsNobody() {
    PodDisruptionBudget.Builder budget = budget("guarded", 0);
    budget
        .getStatusBuilder()
        .putDisruptedPods("g", io.kemudi.kubernetes.meta.v1.Time.getDefaultInstance());
    PodDisruptionBudget.Builder everything = budget("x", 0);
    everything.getMetadataBuilder().setName("everything");
    everything.getSpecBuilder().getSelectorBuilder().clear();
    bench.budgets.add(budget.build());
    bench.budgets.add(everything.build());
    bench.nodes(node("a").allocatable("cpu", "1"), node("b").allocatable("cpu", "1"));
    bench.pods(small("g", 1, "guarded").on("a"), small("other", 9, "free").on("b"));
    bench.pods(pod("p").cpu("1").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("g");
  }

  @Test
  void fewerPodsAreBetterThanLowPrioritiesOfMany() {
    bench.nodes(node("a").allocatable("cpu", "2"), node("b").allocatable("cpu", "2"));
    bench.pods(small("a1", 3, "x").on("a"), small("a2", -3, "x").on("a"));
    bench.pods(pod("b1").cpu("2").priority(3).on("b"));
    bench.pods(pod("p").cpu("2").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("b1");
  }

  @Test
  void amongEqualsTheNodeWhoseVictimsStartedLast() {
    bench.nodes(node("a").allocatable("cpu", "1"), node("b").allocatable("cpu", "1"));
    bench.scheduler.podIs(started("old", "a", 1_000));
    bench.scheduler.podIs(started("young", "b", 2_000));
    bench.pods(pod("p").cpu("1").priority(10)).decide();

    assertThat(bench.preempted).containsExactly("young");
  }

  private static Pod started(String name, String node, long seconds) {
    Pod.Builder pod = pod(name).cpu("1").on(node).build().toBuilder();
    pod.getStatusBuilder().getStartTimeBuilder().setSeconds(seconds);
    return pod.build();
  }

  @Test
  void tellsWhatItDoesUnderUpstreamsNames() {
    bench.nodes(node("a").allocatable("cpu", "1"));
    bench.pods(small("g", 1, "x").on("a"), pod("p").cpu("1").priority(10));
    bench.pods(pod("held").gate("example.com/quota"));
    Pod quick = bench.server.create(PODS, pod("q").priority(5).build(), WriteOptions.NONE);
    bench.scheduler.podIs(quick);
    bench.decide();
    bench.scheduler.bindNext();
    bench.scheduler.settle();

    assertThat(bench.metrics.scrape().lines())
        .contains(
            "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"scheduled\"}"
                + " 1.0",
            "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"unschedulable\"}"
                + " 1.0",
            "scheduler_pending_pods{queue=\"gated\"} 1.0",
            "scheduler_pending_pods{queue=\"unschedulable\"} 1.0",
            "scheduler_preemption_attempts_total 1.0",
            "scheduler_preemption_victims_sum 1.0",
            "scheduler_cache_size{type=\"nodes\"} 1.0",
            "scheduler_scheduling_attempt_duration_seconds_count"
                + "{profile=\"default-scheduler\",result=\"scheduled\"} 1",
            "scheduler_pod_scheduling_sli_duration_seconds_count{attempts=\"1\"} 1")
        .anyMatch(line -> line.startsWith("scheduler_pending_pods{queue=\"active\"}"));
  }
}
