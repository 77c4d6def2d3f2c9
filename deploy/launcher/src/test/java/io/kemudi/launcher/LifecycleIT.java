package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.launcher.ClusterFile.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `up`, `status` and `down` say and leave, also when everything was killed in between.
@Timeout(150)
class LifecycleIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HELLO = "../examples/hello.yaml";

  @Test
  void downLeavesNoTraceOfAClusterThatWasKilled() throws Exception {
    Needs.rootAnd();
    try (TestCluster cluster = TestCluster.up("-f", HELLO)) {
      Shell.Result second = cluster.kemudi(LIMIT, "up", "--detach");
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.all()).contains("a cluster already runs from " + cluster.dataDir());

      assertThat(status(cluster, 0)).containsEntry("running", true).containsEntry("ready", true);
      assertThat(cluster.kemudi(LIMIT, "status").out())
          .containsPattern("cluster +running")
          .containsPattern("server +running")
          .containsPattern("runtime \\S+ +running");
      String pods = cluster.kubectl("get", "pods", "-o", "jsonpath={.items[*].metadata.uid}");
      assertThat(pods.split(" ")).hasSize(3).allMatch(LifecycleIT::hasGroup);

      killEverything(cluster);
      assertThat(status(cluster, 1)).containsEntry("running", false).containsEntry("ready", false);
      assertThat(cluster.kemudi(LIMIT, "status").out())
          .containsPattern("cluster +not running")
          .containsPattern("server +gone");
      assertThat(cluster.processes()).as("pods go on without us").isNotEmpty();

      Shell.Result down = cluster.kemudi(LIMIT, "down");
      assertThat(down.exitCode()).as(down.all()).isZero();
      assertThat(cluster.processes()).isEmpty();
      assertThat(pods.split(" ")).noneMatch(LifecycleIT::hasGroup);
      assertThat(cluster.inside("ip", "-o", "link").out().lines())
          .as("lo and the uplink's two ends")
          .hasSize(3);
      assertThat(cluster.inside("nft", "list", "tables").out()).isBlank();
      String folder = new DataDirectory(cluster.dataDir()).runtimeStates().toString();
      assertThat(Files.readString(Path.of("/proc/mounts")))
          .doesNotContain(folder + "/", cluster.dataDir().toString());
      assertThat(Path.of(folder)).doesNotExist();
      assertThat(status(cluster, 1)).containsEntry("running", false).doesNotContainKey("processes");
      assertThat(cluster.kemudi(LIMIT, "status").out()).contains("no cluster runs from");

      Shell.Result purge = cluster.kemudi(LIMIT, "down", "--purge");
      assertThat(purge.exitCode()).as(purge.all()).isZero();
      assertThat(cluster.dataDir()).doesNotExist();
    }
  }

  @Test
  void anOrdinaryUserIsToldWhatWorksAndGetsAHollowCluster() throws Exception {
    Needs.rootAnd("setpriv");
    try (TestCluster cluster = TestCluster.prepare().asOrdinaryUser()) {
      Shell.Result refused = cluster.kemudi(LIMIT, "up", "--detach");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.all()).contains("takes root", "--runtime hollow");
      assertThat(cluster.dataDir()).doesNotExist();
      assertThat(cluster.processes()).isEmpty();

      cluster.start("--runtime", "hollow", "-f", HELLO);
      assertThat(
              cluster.kubectl(
                  "get", "deployment", "hello", "-o", "jsonpath={.status.readyReplicas}"))
          .isEqualTo("3");
      assertThat(cluster.kemudi(LIMIT, "down").exitCode()).isZero();
      assertThat(cluster.processes()).isEmpty();
    }
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  private static Map<String, Object> status(TestCluster cluster, int exitCode) {
    Shell.Result result = cluster.kemudi(LIMIT, "status", "--json");
    assertThat(result.exitCode()).as(result.all()).isEqualTo(exitCode);
    Object json = Json.parse(result.out().getBytes(StandardCharsets.UTF_8));
    return (Map<String, Object>) Objects.requireNonNull(json);
  }

  private static void killEverything(TestCluster cluster) throws Exception {
    ClusterFile file = ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow();
    var processes = new ArrayList<ProcessId>(List.of(file.server()));
    file.nodes().stream().map(NodeEntry::runtime).forEach(processes::add);
    for (ProcessId id : processes) {
      ProcessHandle process = ProcessHandle.of(id.pid()).orElseThrow();
      process.destroyForcibly();
      process.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  /// Whether a pod has a control group in any hierarchy.
  private static boolean hasGroup(String uid) {
    try (Stream<Path> roots = Files.list(Path.of("/sys/fs/cgroup"))) {
      return Stream.concat(roots, Stream.of(Path.of("/sys/fs/cgroup")))
          .anyMatch(root -> Files.exists(root.resolve("kubepods/pod" + uid)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
