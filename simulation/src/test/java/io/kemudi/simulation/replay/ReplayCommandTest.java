package io.kemudi.simulation.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.http.Pem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class ReplayCommandTest {
  private static final String RECORDING =
      """
      {"scenario":"some/refusal","exchanges":[\
      {"method":"POST","path":"/api/v1/namespaces/golden/configmaps","as":"admin","requestHeaders":{"Content-Type":"application/json"},"body":{"metadata":{"name":"c"}},"status":201,"responseHeaders":{"Content-Type":"application/json"}},\
      {"method":"GET","path":"/api/v1/namespaces/golden/configmaps/c","as":"alice","requestHeaders":{},"status":403,"responseHeaders":{"Content-Type":"application/json"},"responseBody":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"Forbidden","details":{"name":"c","kind":"configmaps"},"code":403}},\
      {"command":"kubectl get pods","exitCode":0,"stdout":"","stderr":""}]}
      """;
  private static final String MESSAGE =
      "configmaps \\\"c\\\" is forbidden: User \\\"alice\\\" cannot get resource \\\"configmaps\\\" in"
          + " API group \\\"\\\" in the namespace \\\"golden\\\"";

  private @TempDir Path folder;

  @Test
  void aFolderOfRecordingsIsScored() throws Exception {
    Files.writeString(folder.resolve("mine.jsonl"), RECORDING.formatted(MESSAGE));
    Files.writeString(folder.resolve("other.jsonl"), "{\"some\":\"thing\"}\n");
    Path differences = folder.resolve("differences.txt");

    assertThat(run("--at-least", "100", "--differences", differences.toString())).isZero();
    assertThat(differences)
        .content()
        .containsPattern("mine +1 +2 +100.0 +100.0 +100.0")
        .contains("skipped some/refusal#2: a command line");
  }

  @Test
  void wordsCountInOneMeasureOnly() throws Exception {
    Files.writeString(folder.resolve("mine.jsonl"), RECORDING.formatted("no"));

    assertThat(run("--at-least", "100")).isEqualTo(1);
    assertThat(run("--at-least", "100", "--measure", "behaviour")).isZero();
  }

  @Test
  void aServerThatStaysIsCleanedUp() throws Exception {
    Files.writeString(folder.resolve("mine.jsonl"), RECORDING.formatted(MESSAGE));
    try (OwnServer server = OwnServer.start()) {
      Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), kubeconfig(server));

      assertThat(run("--at-least", "100", "--kubeconfig", kubeconfig.toString())).isZero();
      assertThat(server.read("/api/v1/namespaces/golden/configmaps/c")).isEmpty();
      assertThat(server.send("GET", "/api/v1/namespaces/golden", "").body())
          .containsAnyOf("Terminating", "NotFound");
    }
  }

  @Test
  void wrongUsageIsTwo() {
    assertThat(run("--measure", "other")).isEqualTo(2);
    assertThat(run("--at-least", "101")).isEqualTo(2);
    assertThat(command().execute("/does/not/exist")).isEqualTo(2);
  }

  private int run(String... options) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    try {
      var words = new ArrayList<>(List.of(options));
      words.add(folder.toString());
      return command().execute(words.toArray(String[]::new));
    } finally {
      System.setOut(out);
    }
  }

  /// As the launcher makes it.
  private static CommandLine command() {
    return new CommandLine(new ReplayCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static String kubeconfig(OwnServer server) {
    return """
    apiVersion: v1
    kind: Config
    current-context: c
    contexts: [{name: c, context: {cluster: c, user: u}}]
    clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: %s}}]
    users: [{name: u, user: {token: admin}}]
    """
        .formatted(
            server.server(),
            Base64.getEncoder()
                .encodeToString(Pem.write(server.authority()).getBytes(StandardCharsets.UTF_8)));
  }
}
