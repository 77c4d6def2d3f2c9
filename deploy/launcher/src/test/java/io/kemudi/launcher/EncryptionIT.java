package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `up` keeps of Secrets on the disk.
@Timeout(150)
class EncryptionIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CANARY = "canary-4711-on-disk";

  @Test
  void secretsAreEncryptedOnTheDiskAndAnotherKeyIsRefused() throws Exception {
    Needs.rootAnd("kubectl");
    try (TestCluster cluster = TestCluster.up("--runtime", "hollow")) {
      cluster.kubectl("create", "secret", "generic", "s", "--from-literal=p=" + CANARY);
      cluster.kubectl("create", "configmap", "c", "--from-literal=p=readable-4711");
      assertThat(cluster.kubectl("get", "secret", "s", "-o", "jsonpath={.data.p}"))
          .isEqualTo(
              java.util.Base64.getEncoder()
                  .encodeToString(CANARY.getBytes(StandardCharsets.UTF_8)));
      assertThat(files(cluster.dataDir())).contains("readable-4711").doesNotContain(CANARY);

      assertThat(cluster.kemudi(LIMIT, "down").exitCode()).isZero();
      assertThat(Files.readString(cluster.dataDir().resolve("logs/audit.log")))
          .contains("\"verb\":\"create\"", "\"resource\":\"secrets\"", "\"kubernetes-admin\"")
          .doesNotContain("requestObject", "\"verb\":\"get\"", CANARY);
      Path config = cluster.dataDir().resolve("pki/encryption.yaml");
      List<String> lines = Files.readAllLines(config);
      Files.delete(config); // the next start makes another key
      Shell.Result refused = cluster.kemudi(LIMIT, "up", "--detach", "--runtime", "hollow");
      assertThat(refused.exitCode()).as(refused.all()).isEqualTo(1);
      assertThat(refused.all())
          .contains("secrets: /registry/secrets/", "aesgcm key \"key1\"")
          .doesNotContain("Exception");

      Files.write(config, lines);
      cluster.start("--runtime", "hollow");
      assertThat(cluster.kubectl("get", "secret", "s", "-o", "name")).contains("secret/s");
    }
  }

  private static String files(Path root) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }
}
