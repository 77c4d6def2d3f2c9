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

  private static final String BOATS =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: boats.example.com}
      spec:
        group: example.com
        scope: Namespaced
        names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo]}
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec:
                  type: object
                  properties: {crew: {type: integer}, home: {type: string}}
                status: {type: object, properties: {crew: {type: integer}}}
          additionalPrinterColumns:
          - {name: Crew, type: integer, jsonPath: .spec.crew}
          subresources:
            scale: {specReplicasPath: .spec.crew, statusReplicasPath: .status.crew}
      ---
      apiVersion: example.com/v1
      kind: Boat
      metadata: {name: argo}
      spec: {crew: 50, home: Iolcus}
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
  void definesAResourceAndUsesIt() throws Exception {
    String file = Files.writeString(dir.resolve("boats.yaml"), BOATS).toString();

    // kubectl looks for the kinds of a stream before it sends any of it
    assertThat(run(List.of("apply", "-f", file), false))
        .contains("boats.example.com created", "no matches for kind \"Boat\"");
    kubectl("wait", "--for=condition=established", "--timeout=20s", "crd/boats.example.com");
    assertThat(kubectl("apply", "-f", file))
        .isEqualTo(
            "customresourcedefinition.apiextensions.k8s.io/boats.example.com unchanged\n"
                + "boat.example.com/argo created\n");
    assertThat(kubectl("apply", "-f", file)).contains("boat.example.com/argo unchanged");
    assertThat(kubectl("get", "bo")).containsPattern("NAME +CREW\\s+argo +50");
    assertThat(kubectl("patch", "boat", "argo", "--type=merge", "-p", "{\"spec\":{\"crew\":9}}"))
        .isEqualTo("boat.example.com/argo patched\n");
    assertThat(kubectl("scale", "boat", "argo", "--replicas=7")).contains("argo scaled");
    assertThat(kubectl("get", "boat", "argo", "-o", "jsonpath={.spec}"))
        .isEqualTo("{\"crew\":7,\"home\":\"Iolcus\"}");
    assertThat(run(List.of("apply", "--server-side", "-f", file), false))
        .contains("conflict", ".spec.crew");
    assertThat(kubectl("apply", "--server-side", "--force-conflicts", "-f", file))
        .contains("boat.example.com/argo serverside-applied");
    assertThat(kubectl("get", "boat", "argo", "-o", "jsonpath={.spec.crew}")).isEqualTo("50");
    kubectl("delete", "crd", "boats.example.com", "--timeout=20s");
    assertThat(run(List.of("get", "boats"), false))
        .contains("could not find the requested resource (get boats.example.com)");
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
