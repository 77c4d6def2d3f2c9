package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  @Test
  void withoutServersAnEtcdOfItsOwnIsStartedAndEnded() throws Exception {
    Needs.rootAnd("etcd");
    try (TestCluster cluster = TestCluster.up("--store", "etcd", "--runtime", "hollow")) {
      cluster.kubectl("create", "configmap", "note", "--from-literal=text=precious");
      Shell.Result stranger = cluster.inside("curl", "-sk", "-m", "5", url(cluster) + "/version");
      assertThat(stranger.exitCode()).as("a certificate is wanted: " + stranger.all()).isNotZero();

      for (long pid : cluster.processes()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      TestCluster.eventually(
          LIMIT, () -> cluster.processes().isEmpty(), () -> cluster.processes().toString());
      cluster.start("--store", "etcd", "--runtime", "hollow");

      assertThat(cluster.field("configmap/note", ".data.text")).isEqualTo("precious");
      assertThat(cluster.kemudi(LIMIT, "down").exitCode()).isZero();
      assertThat(cluster.processes()).isEmpty();
    }
  }

  private static String url(TestCluster cluster) throws Exception {
    String json = Files.readString(cluster.dataDir().resolve("store/etcd.json"));
    return json.replaceAll("(?s).*\"url\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void withoutServersAndProgramTheUserIsToldWhatToInstall() {
    var etcd = new LocalEtcd(new DataDirectory(dir.resolve("data")), "/nonexistent");

    assertThatThrownBy(() -> etcd.open(Instant.EPOCH))
        .isInstanceOf(UsageError.class)
        .hasMessageContaining("none is installed", "--etcd-servers");
    assertThat(dir.resolve("data")).doesNotExist();
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
