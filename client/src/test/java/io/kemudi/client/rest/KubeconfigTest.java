package io.kemudi.client.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.time.ManualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  @TempDir private Path dir;
  private final ManualTime time = new ManualTime();

  @Test
  void readsTheCurrentContext() throws IOException {
    RestEndpoint endpoint = load(config("token: secret", "server: http://127.0.0.1:8080"));

    assertThat(endpoint.server()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(endpoint.bearerToken().get()).isEqualTo("secret");
    assertThat(endpoint.tls()).isNull();
  }

  @Test
  void aTokenFileIsReadAgain() throws IOException {
    Files.writeString(dir.resolve("token"), "one\n");
    RestEndpoint endpoint = load(config("tokenFile: token", "server: http://127.0.0.1:8080"));
    Files.writeString(dir.resolve("token"), "two\n");

    assertThat(endpoint.bearerToken().get()).isEqualTo("one");
    time.advance(Duration.ofMinutes(1));
    assertThat(endpoint.bearerToken().get()).isEqualTo("two");
    Files.delete(dir.resolve("token"));
    time.advance(Duration.ofMinutes(1));
    assertThat(endpoint.bearerToken().get()).isEqualTo("two");
  }

  @Test
  void whatIsMissingOrUnsupportedIsNamed() {
    assertThatThrownBy(() -> load("current-context: gone"))
        .hasMessageEndingWith("config: contexts has no entry \"gone\" with a context");
    assertThatThrownBy(() -> load("a: [b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line");
    assertThatThrownBy(() -> load(config("exec: {command: aws}", "server: http://127.0.0.1:8080")))
        .hasMessageEndingWith("config: users[u].exec is not supported");
    assertThatThrownBy(() -> load(config("token: t", "server: ''")))
        .hasMessageEndingWith("clusters[c].cluster.server is not set");
  }

  private RestEndpoint load(String text) throws IOException {
    Path file = dir.resolve("config");
    Files.writeString(file, text);
    return Kubeconfig.load(file, time);
  }

  private static String config(String user, String cluster) {
    return """
    apiVersion: v1
    kind: Config
    current-context: x
    contexts:
    - name: x
      context: {cluster: c, user: u}
    clusters:
    - name: c
      cluster: {%s}
    users:
    - name: u
      user: {%s}
    """
        .formatted(cluster, user);
  }
}
