package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine's own kubectl against the API server, as a user would type.
class KubectlIT {
  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {app: web}}
      spec:
        replicas: 2
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - {name: c, image: "img:1", ports: [{containerPort: 80}]}
      """;

  @SuppressWarnings("NullAway.Init")
  private static RunningApiServer api;

  @SuppressWarnings("NullAway.Init")
  private static Path kubeconfig;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path dir;

  @BeforeAll
  static void start() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/kubectl"));
    boolean mustBe = "true".equals(System.getenv("CI"));
    assertThat(there || !mustBe).as("kubectl is missing, and CI=true").isTrue();
    assumeTrue(there, "no /usr/bin/kubectl");
    api = new RunningApiServer();
    kubeconfig = api.kubeconfig(dir);
    assertThat(kubectl("create", "namespace", "hand")).isEqualTo("namespace/hand created\n");
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void knowsTheServer() throws Exception {
    assertThat(kubectl("version")).contains("Server Version: v1.36.2+kemudi.1");
    assertThat(kubectl("api-resources"))
        .contains("deployments", "deploy", "apps/v1", "PodDisruptionBudget");
    assertThat(kubectl("auth", "whoami")).contains("kubernetes-admin", "system:masters");
    assertThat(kubectl("explain", "deployment.spec.template.spec.containers.image"))
        .contains("FIELD: image <string>");
  }

  @Test
  void appliesShowsLabelsAndDeletes() throws Exception {
    Path file = Files.writeString(dir.resolve("web.yaml"), DEPLOYMENT);
    String path = file.toString();

    assertThat(kubectl("apply", "-f", path, "--dry-run=server"))
        .contains("created (server dry run)");
    assertThat(kubectl("apply", "-f", path)).isEqualTo("deployment.apps/web created\n");
    assertThat(kubectl("apply", "-f", path)).isEqualTo("deployment.apps/web unchanged\n");
    assertThat(kubectl("get", "deploy", "-o", "wide"))
        .containsPattern("NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR")
        .containsPattern("web +0/2 +0 +0 +\\d+s +c +img:1 +app=web");
    assertThat(kubectl("get", "deploy", "web", "-o", "yaml"))
        .contains("  replicas: 2\n", "  uid: ");
    assertThat(kubectl("label", "deploy", "web", "tier=front")).contains("labeled");
    assertThat(kubectl("set", "env", "deploy/web", "A=b")).contains("env updated");
    assertThat(kubectl("scale", "deploy", "web", "--replicas=5")).contains("scaled");
    assertThat(
            kubectl(
                "get", "deploy", "-l", "tier=front", "-o", "jsonpath={.items[0].spec.replicas}"))
        .isEqualTo("5");
    assertThat(kubectl("describe", "deploy", "web")).contains("Name:                   web");
    assertThat(kubectl("delete", "deploy", "web")).isEqualTo("deployment.apps \"web\" deleted\n");
  }

  @Test
  void watchesWithTheTableOfTheFirstList() throws Exception {
    kubectl("create", "configmap", "seen", "--from-literal=a=b");
    String shown = run(List.of("get", "cm", "-w", "--request-timeout=3s"), false);
    assertThat(shown).containsPattern("NAME +DATA +AGE").contains("seen");
  }

  @Test
  void tellsWhatIsWrongWithAManifest() throws Exception {
    Path file =
        Files.writeString(dir.resolve("bad.yaml"), DEPLOYMENT.replace("replicas", "replica"));
    assertThat(run(List.of("apply", "-f", file.toString()), false))
        .contains("strict decoding error: unknown field \"spec.replica\"");
  }

  private static String kubectl(String... words) throws Exception {
    return run(List.of(words), true);
  }

  /// Output and errors of one command, with a time limit.
  private static String run(List<String> words, boolean mustSucceed) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("/usr/bin/kubectl", "--kubeconfig", kubeconfig.toString(), "-n", "hand"));
    command.addAll(words);
    Path output = Files.createTempFile(dir, "out", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("HOME", dir.toString());
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    if (mustSucceed) {
      assertThat(process.waitFor()).as("%s: %s", words, text).isZero();
    }
    return text;
  }
}
