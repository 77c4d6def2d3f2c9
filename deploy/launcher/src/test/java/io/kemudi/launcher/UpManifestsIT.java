package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `up -f` does with objects that the API refuses, and with a cluster that was there before.
@Timeout(180)
class UpManifestsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void aRefusedObjectFailsTheCommandAndNotTheCluster() throws Exception {
    Needs.rootAnd("busybox");
    Path file = dir.resolve("three.yaml");
    String good =
        TestManifests.configMap("first", "a", "b") + "---\n" + TestManifests.web("web", 2);
    Files.writeString(file, good.replace("replicas: 2", "replicas: -2"));
    try (TestCluster cluster = TestCluster.prepare()) {
      Shell.Result refused =
          cluster.kemudi(TestCluster.UP_LIMIT, "up", "--detach", "-f", file + "");

      assertThat(refused.exitCode()).as(refused.all()).isEqualTo(1);
      assertThat(refused.all())
          .contains("failed      " + file + ", document 2: deployment.apps/web: ")
          .contains("spec.replicas: Invalid value: -2", "kemudi up -f FILE", "API         https://")
          .doesNotContain("Exception");
      assertThat(cluster.kemudi(LIMIT, "status").exitCode()).isZero();
      assertThat(cluster.field("configmap/first", ".data.a")).isEqualTo("b");
      assertThat(cluster.field("service/web", ".metadata.name")).as("the rest").isEqualTo("web");

      Shell.Result again = cluster.kemudi(LIMIT, "up", "--detach", "-f", file + "");
      assertThat(again.exitCode()).as(again.all()).isEqualTo(1);
      assertThat(again.all()).contains("kemudi: " + file + ", document 2: deployment.apps/web: ");

      Files.writeString(file, good);
      Shell.Result applied =
          cluster.kemudi(TestCluster.UP_LIMIT, "up", "--detach", "-f", file + "");
      assertThat(applied.exitCode()).as(applied.all()).isZero();
      assertThat(applied.all())
          .contains("a cluster already runs", "deployment.apps/web is Available");
      assertThat(cluster.field("deployment/web", ".status.readyReplicas")).isEqualTo("2");

      List<String> before = containers(cluster);
      assertThat(before).hasSize(2);
      assertThat(cluster.kemudi(LIMIT, "down").exitCode()).isZero();
      cluster.start("-f", file.toString());
      assertThat(containers(cluster))
          .as("Available are pods that run now, not those of before")
          .hasSize(2)
          .doesNotContainAnyElementsOf(before);
    }
  }

  /// The ids of the containers of the pods that are Ready.
  private static List<String> containers(TestCluster cluster) {
    return cluster
        .kubectl(
            "get",
            "pods",
            "-o",
            "jsonpath={range .items[*]}{.status.conditions[?(@.type=='Ready')].status}"
                + " {.status.containerStatuses[0].containerID}{\"\\n\"}{end}")
        .lines()
        .filter(line -> line.startsWith("True "))
        .toList();
  }
}
