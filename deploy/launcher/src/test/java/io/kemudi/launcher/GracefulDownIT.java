package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.launcher.ClusterFile.ProcessId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `down` lets containers finish what they are at, and does not wait for ever.
@Timeout(120)
class GracefulDownIT {
  private static final String PODS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: polite}
      spec:
        terminationGracePeriodSeconds: 40
        initContainers:
          - name: helper
            image: kemudi.io/host
            restartPolicy: Always
            command: [sh, -c, 'trap "echo helper >> /out/order; exit 0" TERM; while true; do sleep 0.1; done']
            volumeMounts: [{name: out, mountPath: /out}]
        containers:
          - name: main
            image: kemudi.io/host
            command: [sh, -c, 'trap "sleep 1; echo main >> /out/order; exit 0" TERM; touch /out/up; while true; do sleep 0.1; done']
            volumeMounts: [{name: out, mountPath: /out}]
            readinessProbe: {exec: {command: [test, -e, /out/up]}, periodSeconds: 1}
        volumes: [{name: out, hostPath: {path: OUT}}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: deaf}
      spec:
        terminationGracePeriodSeconds: 2
        containers:
          - name: main
            image: kemudi.io/host
            command: [sh, -c, 'trap "" TERM; while true; do sleep 0.1; done']
      """;

  @TempDir Path dir;

  @ParameterizedTest(name = "after everything was killed: {0}")
  @ValueSource(booleans = {false, true})
  void containersAreAskedAndGivenTheirTime(boolean killed) throws Exception {
    Needs.rootAnd();
    Path out = Files.createDirectory(dir.resolve("out"));
    Path file = Files.writeString(dir.resolve("pods.yaml"), PODS.replace("OUT", out.toString()));
    try (TestCluster cluster = TestCluster.up("-f", file.toString())) {
      if (killed) {
        killEverything(cluster);
      }

      Shell.Result down = cluster.kemudi(Duration.ofSeconds(60), "down", "--grace-period", "30s");

      assertThat(down.exitCode()).as(down.all()).isZero();
      assertThat(down.out())
          .contains("ending 3 containers, which may take up to 30 s", "✓ stopped");
      assertThat(Files.readAllLines(out.resolve("order")))
          .as("the sidecar outlives what it serves")
          .containsExactly("main", "helper");
      assertThat(cluster.processes()).isEmpty();
    }
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
}
