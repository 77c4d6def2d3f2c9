package io.kemudi.scheduler;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.scheduler.NodeBuilder.node;
import static io.kemudi.scheduler.PodBuilder.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.scheduler.framework.ResourceNames;
import io.kemudi.scheduler.framework.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random clusters with failing bindings and late news: no node is ever over its allocatable
/// resources, no pod is bound twice, and what the scheduler believes is what the server has.
class SchedulerPropertyTest {
  private static final int STEPS = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverOverAllocatableAndNeverTwice(long seed) {
    var random = new SplittableRandom(seed);
    var bench = new Bench(seed);
    Map<String, String> bound = new HashMap<>();
    bench.server.refuse((verb, _) ->
        verb.equals("bind") && random.nextInt(4) == 0
            ? new ApiException(StatusReason.TIMEOUT, "lost")
            : null);
    for (int i = 0; i < 6; i++) {
      bench.nodes(node("n" + i).allocatable("cpu", "2").allocatable("pods", "4"));
    }
    List<Pod> unseen = new ArrayList<>(); // placed pods whose news is still on its way
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(6)) {
        case 0 -> create(bench, random, step);
        case 1 -> bench.scheduler.scheduleOne();
        case 2 -> {
          bench.scheduler.bindNext();
          bench.scheduler.settle();
          placedNow(bench, bound, unseen);
        }
        case 3 -> {
          unseen.forEach(bench.scheduler::podIs);
          unseen.clear();
        }
        case 4 -> deleteOne(bench, random, unseen);
        default -> {
          bench.time.advance(Duration.ofSeconds(random.nextInt(5)));
          bench.scheduler.settle();
        }
      }
      check(bench, seed);
    }
    assertThat(bound).as("seed %d", seed).isNotEmpty();
  }

  private static void create(Bench bench, SplittableRandom random, int step) {
    Pod made = pod("p" + step).cpu((1 + random.nextInt(10)) * 100 + "m").build();
    bench.scheduler.podIs(bench.server.create(PODS, made, WriteOptions.NONE));
  }

  private static void placedNow(Bench bench, Map<String, String> bound, List<Pod> unseen) {
    for (Pod pod : bench.server.list(PODS, ListOptions.ALL).items()) {
      String node = pod.getSpec().getNodeName();
      if (!node.isEmpty()) {
        String before = bound.put(pod.getMetadata().getUid(), node);
        assertThat(before).isIn(null, node);
        if (before == null) {
          unseen.add(pod);
        }
      }
    }
  }

  private static void deleteOne(Bench bench, SplittableRandom random, List<Pod> unseen) {
    List<Pod> pods = bench.server.list(PODS, ListOptions.ALL).items();
    if (pods.isEmpty() || random.nextInt(3) != 0) {
      return;
    }
    Pod victim = pods.get(random.nextInt(pods.size()));
    bench.server.delete(PODS, "ns", victim.getMetadata().getName(), DeleteOptions.NONE);
    unseen.removeIf(pod -> pod.getMetadata().getUid().equals(victim.getMetadata().getUid()));
    bench.scheduler.podIsGone(victim);
  }

  private static void check(Bench bench, long seed) {
    Snapshot nodes = bench.cache.snapshot();
    for (int row = 0; row < nodes.rows(); row++) {
      long used = nodes.pods(row).stream().mapToLong(pod -> pod.request(ResourceNames.CPU)).sum();
      assertThat(nodes.requested(ResourceNames.CPU, row)).as("seed %d", seed).isEqualTo(used);
      assertThat(used).as("seed %d", seed).isLessThanOrEqualTo(2000);
      assertThat(nodes.pods(row).size()).as("seed %d", seed).isLessThanOrEqualTo(4);
    }
    List<?> keys = bench.cache.keys();
    assertThat(new HashSet<>(keys)).as("seed %d", seed).hasSameSizeAs(keys);
  }
}
