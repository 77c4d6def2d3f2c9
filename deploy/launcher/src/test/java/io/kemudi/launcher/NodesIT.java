package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.launcher.ClusterFile.NodeEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes on one machine, each with a runtime and (but for the first) an agent of its own.
@Timeout(180)
class NodesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SPREAD =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: spread
      spec:
        replicas: 3
        selector:
          matchLabels: {app: spread}
        template:
          metadata:
            labels: {app: spread}
          spec:
            terminationGracePeriodSeconds: 0
            tolerations:
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
            containers:
              - {name: c, image: kemudi.io/host, command: [sleep, "1000"]}
      """;

  @TempDir Path dir;

  @Test
  void thePodsOfALostNodeMoveToTheOthers() throws Exception {
    Needs.rootAnd();
    Path manifest = Files.writeString(dir.resolve("spread.yaml"), SPREAD);
    try (TestCluster cluster =
        TestCluster.up(
            "--nodes", "3", "--node-monitor-grace-period", "15s", "-f", manifest.toString())) {
      assertThat(runningOn(cluster)).doesNotHaveDuplicates().hasSize(3);

      NodeEntry lost =
          ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow().nodes().get(1);
      for (var process : List.of(lost.agent(), lost.runtime())) {
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().get(10, TimeUnit.SECONDS);
      }

      TestCluster.eventually(
          LIMIT,
          () -> {
            List<String> nodes = runningOn(cluster);
            return nodes.size() == 3 && !nodes.contains(lost.name());
          },
          () -> cluster.kubectl("get", "nodes,pods", "-o", "wide"));
      assertThat(
              cluster.kubectl(
                  "get",
                  "node",
                  lost.name(),
                  "-o",
                  "jsonpath={.status.conditions[?(@.type=='Ready')].status}"))
          .isEqualTo("Unknown");
    }
  }

  /// The nodes of the pods that are Ready and not about to go.
  private static List<String> runningOn(TestCluster cluster) {
    return cluster
        .kubectl(
            "get",
            "pods",
            "-o",
            "jsonpath={range .items[*]}{.metadata.deletionTimestamp}"
                + "|{.status.conditions[?(@.type=='Ready')].status}|{.spec.nodeName}{\"\\n\"}{end}")
        .lines()
        .filter(line -> line.startsWith("|True|"))
        .map(line -> line.substring("|True|".length()))
        .toList();
  }
}
