package io.kemudi.scheduler;

import static io.kemudi.scheduler.NodeBuilder.node;
import static io.kemudi.scheduler.PodBuilder.pod;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Spreading and affinity between pods, through the whole scheduler.
class TopologyTest {
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String HOST = "kubernetes.io/hostname";
  private final Bench bench = new Bench(1);

  @Test
  void hardSpreadingNeverExceedsItsSkew() {
    bench.nodes(
        node("a1").zone("a").allocatable("cpu", "64"),
        node("a2").zone("a").allocatable("cpu", "64"),
        node("b1").zone("b").allocatable("cpu", "2"));
    for (int i = 0; i < 6; i++) {
      bench.pods(web("p" + i).cpu("1").spread(1, ZONE, true, "app", "web"));
      bench.decide();
    }
    // b has room for two, so a may have three and the sixth pod waits
    assertThat(bench.refused).hasSize(1);
    assertThat(bench.refused.get("p5"))
        .startsWith(
            "0/3 nodes are available: 1 Insufficient cpu,"
                + " 2 node(s) didn't match pod topology spread constraints.");
  }

  @Test
  void aNodeWithoutTheLabelIsRefusedByHardSpreading() {
    bench.nodes(node("a"));
    bench.pods(web("p").spread(1, ZONE, true, "app", "web")).decide();

    assertThat(bench.refused.get("p")).contains("(missing required label)");
  }

  @Test
  void spreadingCountsOnlyNodesThatThePodMayChoose() {
    bench.nodes(
        node("a1").zone("a").label("disk", "ssd"), node("b1").zone("b"), node("c1").zone("c"));
    bench.pods(
        web("p1").selector("disk", "ssd").spread(1, ZONE, true, "app", "web"),
        web("p2").selector("disk", "ssd").spread(1, ZONE, true, "app", "web"));
    bench.decide();

    assertThat(bench.nodeOf("p2")).isEqualTo("a1");
  }

  @Test
  void softSpreadingPrefersTheEmptierZone() {
    bench.nodes(node("a1").zone("a"), node("a2").zone("a"), node("b1").zone("b"));
    bench.pods(web("x").on("a1"), web("p").spread(1, ZONE, false, "app", "web")).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b1");
  }

  @Test
  void podsOfOneServiceAreSpreadOverHostsAndZonesThoughTheySayNothing() {
    bench.nodes(node("a1").zone("a"), node("a2").zone("a"), node("b1").zone("b"));
    bench.pods(web("x").on("a1"), web("p")).decide();
    assertThat(bench.nodeOf("p")).as("the empty zone").isEqualTo("b1");

    bench.pods(web("q")).decide();
    assertThat(bench.nodeOf("q")).as("the empty host").isEqualTo("a2");
  }

  @Test
  void withoutZonesTheDefaultSpreadsOverHosts() {
    bench.nodes(node("a"), node("b"), node("c"));
    bench.pods(web("x").on("b"), web("p"), web("q")).decide();

    assertThat(java.util.List.of(bench.nodeOf("p"), bench.nodeOf("q")))
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void whatAPodSaysItselfReplacesTheDefault() {
    bench.nodes(node("a1").zone("a"), node("b1").zone("b").allocatable("cpu", "1"));
    // The constraint is about other pods, of which there are none: only load decides.
    bench.pods(web("x").on("a1"), web("p").cpu("900m").spread(1, ZONE, false, "app", "other"));
    bench.decide();

    assertThat(bench.nodeOf("p")).isEqualTo("a1");
  }

  @Test
  void antiAffinityKeepsEachOnItsOwnHost() {
    bench.nodes(node("a"), node("b"));
    bench.pods(
        web("p1").awayFrom("app", "web", HOST),
        web("p2").awayFrom("app", "web", HOST),
        web("p3").awayFrom("app", "web", HOST));
    bench.decide();

    assertThat(bench.nodeOf("p1")).isNotEqualTo(bench.nodeOf("p2")).isNotEmpty();
    assertThat(bench.refused.get("p3"))
        .startsWith("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.");
  }

  @Test
  void aRunningPodKeepsOthersAway() {
    bench.nodes(node("a"), node("b"));
    bench.pods(pod("hermit").awayFrom("app", "web", HOST).on("a"), web("p"), web("q"));
    bench.decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b");
    assertThat(bench.nodeOf("q")).isEqualTo("b");
  }

  @Test
  void antiAffinityEndsWithThePodThatCausedIt() {
    bench.nodes(node("a"));
    bench.pods(pod("hermit").awayFrom("app", "web", HOST).on("a"), web("p")).decide();
    assertThat(bench.refused.get("p")).contains("existing pods anti-affinity rules");
    bench.time.advance(java.time.Duration.ofSeconds(2));
    bench.scheduler.podIsGone(pod("hermit").awayFrom("app", "web", HOST).on("a").build());
    bench.scheduler.settle();
    bench.decide();

    assertThat(bench.nodeOf("p")).isEqualTo("a");
  }

  @Test
  void affinityFollowsItsGroupAndTheFirstOfAGroupGoesAnywhere() {
    bench.nodes(node("a1").zone("a"), node("a2").zone("a"), node("b1").zone("b"));
    bench.pods(web("p1").near("app", "web", ZONE)).decide();
    String zone = bench.nodeOf("p1").substring(0, 1);
    for (int i = 2; i < 8; i++) {
      bench.pods(web("p" + i).cpu("100m").near("app", "web", ZONE)).decide();
      assertThat(bench.nodeOf("p" + i)).startsWith(zone);
    }
  }

  @Test
  void affinityToWhatIsNotThereIsRefused() {
    bench.nodes(node("a").zone("a"));
    bench.pods(pod("p").near("app", "web", ZONE)).decide();

    assertThat(bench.refused.get("p")).contains("1 node(s) didn't match pod affinity rules.");
  }

  @Test
  void anotherNamespaceIsNotMeant() {
    bench.nodes(node("a"));
    bench.pods(web("x").namespace("other").on("a"), pod("p").awayFrom("app", "web", HOST)).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("a");
  }

  @Test
  void preferredAffinityPulls() {
    bench.nodes(node("a").zone("a"), node("b").zone("b"), node("c").zone("c"));
    bench.pods(web("x").on("b"), pod("p").prefersNear(100, "app", "web", ZONE)).decide();

    assertThat(bench.nodeOf("p")).isEqualTo("b");
  }

  private static PodBuilder web(String name) {
    return pod(name).label("app", "web");
  }
}
