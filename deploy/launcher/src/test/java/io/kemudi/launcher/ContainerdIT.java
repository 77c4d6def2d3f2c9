package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.nodeagent.runtime.Containerd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole cluster on a containerd that is not ours, with an image from an archive.
@Timeout(120)
class ContainerdIT {
  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: 3
        selector:
          matchLabels: {app: web}
        template:
          metadata:
            labels: {app: web}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
              - name: web
                image: %s
                command: [sh, -c, "printf 'HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\nfrom %%s\\\\n' $(hostname) > /answer; while true; do nc -l -p 8080 < /answer > /dev/null; done"]
                readinessProbe:
                  exec: {command: [test, -s, /answer]}
                  periodSeconds: 1
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        selector: {app: web}
        ports:
          - {port: 80, targetPort: 8080}
      """;

  @TempDir Path dir;

  @Test
  void aDeploymentAnswersFromContainerdsPodsAndDownLeavesContainerdRunning() throws Exception {
    Needs.rootAnd("containerd", "runc", "busybox");
    Path manifest = Files.writeString(dir.resolve("web.yaml"), WEB.formatted(Containerd.IMAGE));
    try (Containerd containerd = Containerd.start();
        TestCluster cluster = TestCluster.in(containerd.netns())) {
      cluster.start(
          "--runtime", "cri", "--cri-endpoint", containerd.endpoint(), "-f", manifest.toString());

      String pods =
          cluster.kubectl(
              "get",
              "pods",
              "-o",
              "jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{\"\\n\"}{end}");
      assertThat(pods.lines()).hasSize(3);
      for (String pod : pods.lines().toList()) {
        String[] nameAndAddress = pod.split(" ");
        assertAnswers(cluster, nameAndAddress[1] + ":8080", "from " + nameAndAddress[0]);
      }
      assertAnswers(
          cluster,
          cluster.kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}"),
          "from web-");

      assertThat(containerd.runtime().listPodSandbox(Map.of())).hasSize(3);
      Shell.Result down = cluster.kemudi(Duration.ofSeconds(60), "down");
      assertThat(down.exitCode()).as(down.all()).isZero();
      assertThat(containerd.runtime().listPodSandbox(Map.of())).isEmpty();
      assertThat(containerd.isAlive()).isTrue();
    }
  }

  /// One `nc` answers one caller and is started again: the next may come too early.
  private static void assertAnswers(TestCluster cluster, String address, String text) {
    TestCluster.eventually(
        Duration.ofSeconds(15),
        () -> cluster.inside("curl", "-s", "-m", "2", "http://" + address).out().contains(text),
        () -> cluster.inside("curl", "-sS", "-m", "2", "http://" + address).all());
  }
}
