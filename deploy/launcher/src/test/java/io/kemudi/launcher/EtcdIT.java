package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole cluster on Debian's etcd.
@Timeout(120)
class EtcdIT {
  private static final String SERVER = "http://127.0.0.1:2379";
  private static final String HELLO = "../examples/hello.yaml";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path dir;

  @Test
  void aKilledServerFindsEverythingInEtcdAgain() throws Exception {
    Needs.rootAnd("etcd");
    try (TestCluster cluster = TestCluster.prepare();
        Shell.Running etcd =
            cluster.insideRunning(
                "etcd", "--data-dir", dir.toString(), "--max-request-bytes", "4194304")) {
      cluster.start("--store", "etcd", "--etcd-servers", SERVER, "-f", HELLO);
      assertThat(ready(cluster)).isEqualTo("3");
      String pods = pods(cluster);
      cluster.kubectl("create", "configmap", "note", "--from-literal=text=precious");

      long server =
          ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow().server().pid();
      ProcessHandle process = ProcessHandle.of(server).orElseThrow();
      process.destroyForcibly();
      process.onExit().get(10, TimeUnit.SECONDS);
      cluster.start("--store", "etcd", "--etcd-servers", SERVER);

      assertThat(cluster.kubectl("get", "configmap", "note", "-o", "jsonpath={.data.text}"))
          .isEqualTo("precious");
      TestCluster.eventually(LIMIT, () -> ready(cluster).equals("3"), () -> pods(cluster));
      assertThat(pods(cluster)).as("names, restarts and addresses").isEqualTo(pods);
      assertThat(etcd.process().isAlive()).isTrue();
    }
  }

  private static String ready(TestCluster cluster) {
    return cluster.kubectl("get", "deployment", "hello", "-o", "jsonpath={.status.readyReplicas}");
  }

  private static String pods(TestCluster cluster) {
    return cluster.kubectl(
        "get",
        "pods",
        "-o",
        "jsonpath={range .items[*]}{.metadata.name} {.status.podIP}"
            + " {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}");
  }
}
