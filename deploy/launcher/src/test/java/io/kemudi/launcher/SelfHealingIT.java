package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes wrong by itself comes right by itself: containers, pods, probes, and our own
/// processes.
@Timeout(150)
class SelfHealingIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("busybox");
    cluster = TestCluster.up();
    cluster.apply(TestManifests.web("web", 2));
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=40s");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aKilledContainerIsStartedAgain() {
    cluster.apply(TestManifests.pod("killed", "Always", "exec sleep 30071"));
    cluster.awaitField("pod/killed", ".status.containerStatuses[0].ready", "true");
    String first = cluster.field("pod/killed", ".status.containerStatuses[0].containerID");

    ProcessHandle main =
        ProcessHandle.allProcesses()
            .filter(p -> p.info().commandLine().orElse("").endsWith("sleep 30071"))
            .findFirst()
            .orElseThrow();
    main.destroyForcibly();

    cluster.awaitField("pod/killed", ".status.containerStatuses[0].restartCount", "1");
    cluster.awaitField("pod/killed", ".status.containerStatuses[0].ready", "true");
    assertThat(cluster.field("pod/killed", ".status.containerStatuses[0].containerID"))
        .isNotEqualTo(first);
    assertThat(
            cluster.field(
                "pod/killed", ".status.containerStatuses[0].lastState.terminated.exitCode"))
        .isEqualTo("137");
  }

  @Test
  void aDeletedPodIsReplaced() {
    List<String> before = webPods();

    cluster.kubectl("delete", before.getFirst(), "--wait=false");

    TestCluster.eventually(
        LIMIT,
        () -> webPods().size() == 2 && !webPods().contains(before.getFirst()),
        () -> cluster.kubectl("get", "pods"));
    cluster.awaitField("deployment/web", ".status.availableReplicas", "2");
    assertThat(webPods()).contains(before.get(1));
  }

  @Test
  void aContainerThatFailsItsLivenessProbeIsStartedAgain() {
    cluster.apply(
        TestManifests.pod(
            "unwell",
            "Always",
            "touch /tmp/well; exec sleep 30072",
            "{exec: {command: [test, -e, /tmp/well]}, periodSeconds: 1, failureThreshold: 1}"));
    cluster.awaitField("pod/unwell", ".status.containerStatuses[0].ready", "true");

    cluster.kubectl("exec", "unwell", "--", "rm", "/tmp/well");

    cluster.awaitField("pod/unwell", ".status.containerStatuses[0].restartCount", "1");
    assertThat(cluster.kubectl("describe", "pod/unwell")).contains("Liveness probe failed");
  }

  @Test
  void aPodThatFailsItsReadinessProbeTakesNoTrafficUntilItIsWellAgain() {
    cluster.apply(TestManifests.web("shy", 1));
    cluster.kubectl("rollout", "status", "deployment/shy", "--timeout=40s");
    awaitReadyEndpoint("shy", "true");

    cluster.kubectl("exec", "deployment/shy", "--", "mv", "/tmp/index.html", "/tmp/hidden");
    awaitReadyEndpoint("shy", "false");

    cluster.kubectl("exec", "deployment/shy", "--", "mv", "/tmp/hidden", "/tmp/index.html");
    awaitReadyEndpoint("shy", "true");
    assertThat(cluster.kubectl("get", "pods", "-l", "app=shy"))
        .as("it was never restarted")
        .containsPattern("1/1 +Running +0 ");
  }

  private static void awaitReadyEndpoint(String service, String ready) {
    TestCluster.eventually(
        LIMIT,
        () -> endpoints(service).equals(ready),
        () -> endpoints(service) + "\n" + cluster.kubectl("get", "pods"));
  }

  private static String endpoints(String service) {
    return cluster.kubectl(
        "get",
        "endpointslices",
        "-l",
        "kubernetes.io/service-name=" + service,
        "-o",
        "jsonpath={.items[*].endpoints[*].conditions.ready}");
  }

  @Test
  void podsOutliveTheServerAndAreFoundAgain() throws Exception {
    String before = containers();
    ClusterFile running = ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow();
    kill(running.server().pid());

    cluster.start();

    // Long enough for a first look at every pod: the agent's own report is what is compared.
    cluster.apply(TestManifests.pod("after", "Never", "exec sleep 30073"));
    cluster.awaitField("pod/after", ".status.phase", "Running");
    assertThat(containers()).isEqualTo(before);
    assertThat(cluster.kubectl("get", "events", "-o", "name"))
        .as("events are kept, too")
        .isNotEmpty();
    cluster.kubectl("delete", "pod", "after");
  }

  @Test
  void afterTheEndOfEverythingPodsRunAgain() throws Exception {
    ClusterFile running = ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow();
    kill(running.server().pid());
    kill(Objects.requireNonNull(running.nodes().getFirst().runtime()).pid());

    cluster.start();

    for (String pod : webPods()) {
      cluster.awaitField(pod, ".status.containerStatuses[0].ready", "true");
      assertThat(cluster.kubectl("exec", pod, "--", "cat", "/tmp/index.html")).contains("hello");
    }
  }

  /// Ends one of our processes as a power cut would.
  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    // The kernel frees the ports when it is through with it, whoever reaps it.
    TestCluster.eventually(
        LIMIT, () -> !process.isAlive() || Shell.zombie(pid), () -> "pid " + pid + " lives on");
  }

  private static List<String> webPods() {
    return cluster
        .kubectl(
            "get", "pods", "-l", "app=web", "-o", "name", "--field-selector=status.phase=Running")
        .lines()
        .toList();
  }

  /// Every web container with its id and restart count, as the API server has it.
  private static String containers() {
    return cluster
        .kubectl(
            "get",
            "pods",
            "-l",
            "app=web",
            "-o",
            "jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID}"
                + " {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}")
        .lines()
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
