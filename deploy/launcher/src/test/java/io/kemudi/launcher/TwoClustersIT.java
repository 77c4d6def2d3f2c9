package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two clusters in one network namespace, as on one machine.
@Timeout(240)
class TwoClustersIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HELLO = "../examples/hello.yaml";

  @TempDir Path dir;

  @Test
  void eachHasNamesAndAddressesOfItsOwn() throws Exception {
    Needs.rootAnd("curl");
    Path data = dir.resolve("second");
    try (TestCluster first = TestCluster.up("-f", HELLO)) {
      Shell.Result refused =
          first.kemudiIn(data, LIMIT, "up", "--detach", "--port", "0", "--grpc-port", "0");
      assertThat(refused.exitCode()).as(refused.all()).isEqualTo(1);
      assertThat(refused.all())
          .contains("--cluster-cidr 10.244.0.0/16 is in use by another cluster of this machine")
          .contains("--cluster-cidr 10.245.0.0/16 --service-cluster-ip-range 10.112.0.0/12");

      try {
        Shell.Result up =
            first.kemudiIn(
                data,
                TestCluster.UP_LIMIT,
                "up",
                "--detach",
                "--port",
                "0",
                "--grpc-port",
                "0",
                "--cluster-cidr",
                "10.245.0.0/16",
                "--service-cluster-ip-range",
                "10.112.0.0/12",
                "-f",
                HELLO);
        assertThat(up.exitCode()).as(up.all()).isZero();
        assertAnswers(first, first.field("service/hello", ".spec.clusterIP"));
        assertAnswers(
            first,
            first
                .inside(
                    "kubectl",
                    "--kubeconfig=" + data.resolve("kubeconfig"),
                    "get",
                    "service/hello",
                    "-o",
                    "jsonpath={.spec.clusterIP}")
                .out());
      } finally {
        Shell.Result down = first.kemudiIn(data, LIMIT, "down", "--purge");
        assertThat(down.exitCode()).as(down.all()).isZero();
      }
      assertThat(first.field("deployment/hello", ".status.readyReplicas")).isEqualTo("3");
      assertAnswers(first, first.field("service/hello", ".spec.clusterIP"));
    }
  }

  private static void assertAnswers(TestCluster cluster, String address) {
    TestCluster.eventually(
        Duration.ofSeconds(15),
        () -> cluster.inside("curl", "-s", "-m", "2", "http://" + address).out().contains("hello"),
        () -> cluster.inside("curl", "-sS", "-m", "2", "http://" + address).all());
  }
}
