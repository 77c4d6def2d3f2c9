package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is wrong, a user reads one message that names the place, and nothing is lost.
@Timeout(120)
class WrongInputIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static TestCluster cluster;
  @TempDir static Path dir;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("busybox");
    cluster = TestCluster.up();
    cluster.apply(TestManifests.configMap("kept", "a", "b"));
    cluster.apply(TestManifests.web("fixed", 0));
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  static Stream<Arguments> wrongObjects() {
    return Stream.of(
        Arguments.of("no YAML", "kind: ConfigMap\n  metadata: {", "line 2"),
        Arguments.of(
            "an unknown field",
            pod("image: x, comand: [x]"),
            "strict decoding error: unknown field \"spec.containers[0].comand\""),
        Arguments.of(
            "a wrong type",
            pod("image: x, ports: [{containerPort: http}]"),
            "spec.containers[0].ports[0].containerPort"),
        Arguments.of(
            "no quantity",
            pod("image: x, resources: {requests: {memory: 1Gb}}"),
            "quantities must match the regular expression"),
        Arguments.of(
            "more requested than allowed",
            pod("image: x, resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}"),
            "must be less than or equal to memory limit of 1Gi"),
        Arguments.of(
            "something missing", pod("command: [x]"), "spec.containers[0].image: Required value"),
        Arguments.of(
            "an ill-formed name",
            TestManifests.configMap("Big_Name", "a", "b"),
            "metadata.name: Invalid value: \"Big_Name\""),
        Arguments.of(
            "an immutable field",
            TestManifests.web("fixed", 0).replace("{app: fixed}", "{app: other}"),
            "spec.selector: Invalid value: "),
        Arguments.of(
            "too much data",
            TestManifests.configMap("big", "a", "x".repeat(1_100_000)),
            "Too long: may not be more than 1048576 bytes"),
        Arguments.of(
            "an oversized request",
            TestManifests.configMap("huge", "a", "x".repeat(4_000_000)),
            "Request entity too large: limit is 3145728"),
        Arguments.of(
            "an unknown kind",
            "apiVersion: v1\nkind: Podd\nmetadata: {name: x}",
            "no matches for kind \"Podd\" in version \"v1\""));
  }

  private static String pod(String container) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: wrong}
    spec:
      containers: [{name: c, %s}]
    """
        .formatted(container);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongObjects")
  void aWrongObjectIsRefusedWithItsPlace(String what, String manifest, String message) {
    // create, as apply would first choke on an annotation with the text of a big object
    String verb = manifest.length() > 100_000 ? "create" : "apply";

    Shell.Result refused = cluster.kubectlWith(manifest, verb, "-f", "-");

    assertThat(refused.exitCode()).as(what + ": " + refused.all()).isEqualTo(1);
    assertThat(refused.err()).contains(message);
    assertNoTrace(refused);
    assertThat(cluster.tryKubectl("get", "pod", "wrong").err()).contains("not found");
  }

  @Test
  void doubledFieldsAreRefusedByTheServer() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("twice.json"),
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice"},"data":{"a":"b","a":"c"}}
            """);

    // Through kubectl's own decoding a doubled field is one already.
    Shell.Result refused =
        cluster.tryKubectl(
            "create",
            "--raw",
            "/api/v1/namespaces/default/configmaps?fieldValidation=Strict",
            "-f",
            file.toString());

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("strict decoding error: duplicate field \"data.a\"");
  }

  static Stream<Arguments> wrongCommands() {
    return Stream.of(
        Arguments.of(1, "up -f /no/such/file", "/no/such/file: there is no such file"),
        Arguments.of(1, "up -f /tmp", "/tmp: cannot be read"),
        Arguments.of(2, "up --port 99999", "--port 99999"),
        Arguments.of(2, "up --port many", "--port"),
        Arguments.of(2, "up --nodes 0", "--nodes 0"),
        Arguments.of(2, "up --bogus", "Unknown option: '--bogus'"),
        Arguments.of(1, "up", "a cluster already runs from "));
  }

  @ParameterizedTest(name = "kemudi {1}")
  @MethodSource("wrongCommands")
  void aWrongCommandSaysWhatWouldBeRight(int exitCode, String command, String message) {
    Shell.Result refused = cluster.kemudi(LIMIT, command.split(" "));

    assertRefused(refused, exitCode, message);
  }

  @Test
  void aTakenPortIsNamed() {
    Shell.Result refused = cluster.kemudiIn(dir.resolve("second"), LIMIT, "up", "--detach");

    assertRefused(refused, 1, "port 6443 is taken");
    assertThat(refused.err() + refused.out()).contains("--port");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongFiles")
  void aWrongFileIsRefusedBeforeAnythingStarts(String text, String message) throws IOException {
    Path file = Files.writeString(dir.resolve("wrong.yaml"), text);

    Path never = dir.resolve("never");

    Shell.Result refused = cluster.kemudiIn(never, LIMIT, "up", "--detach", "-f", file.toString());

    assertRefused(refused, 1, message);
    assertThat(refused.err() + refused.out()).contains("wrong.yaml");
    assertThat(never).doesNotExist();
  }

  static Stream<Arguments> wrongFiles() {
    return Stream.of(
        Arguments.of("kind: ConfigMap\n  metadata: {name: x}\n", "line 2"),
        Arguments.of("kind: ConfigMap\nmetadata: {name: x}\n", "apiVersion is missing"),
        Arguments.of("a: 1\na: 2\n", "line 2: key \"a\" already set in map"),
        Arguments.of(
            "apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n", "no kind \"Podd\" in \"v1\""));
  }

  @Test
  void aDamagedOrNewerDataDirIsRefusedAndLeftAsItIs() throws Exception {
    assertThat(cluster.kemudi(LIMIT, "down").exitCode()).isZero();
    Path data = cluster.dataDir();

    refusedWhile(data.resolve("FORMAT"), "7\n".getBytes(), "has format 7");
    byte[] noise = new byte[200_000];
    new Random(1).nextBytes(noise);
    refusedWhile(data.resolve("store/kemudi.db"), noise, "kemudi.db is corrupt");
    refusedWhile(data.resolve("pki/ca.crt"), "no certificate".getBytes(), "pki/ca.crt");

    cluster.start();
    assertThat(cluster.field("configmap/kept", ".data.a")).isEqualTo("b");
  }

  /// `up` with a file overwritten from its start is refused, and does not touch the file.
  private static void refusedWhile(Path file, byte[] bytes, String message) throws IOException {
    Path backup = dir.resolve("backup");
    Files.copy(file, backup, StandardCopyOption.REPLACE_EXISTING);
    try {
      Files.write(file, bytes, StandardOpenOption.WRITE);
      byte[] damaged = Files.readAllBytes(file);
      assertRefused(cluster.kemudi(LIMIT, "up", "--detach"), 1, message);
      assertThat(file).hasBinaryContent(damaged);
    } finally {
      Files.copy(backup, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void assertRefused(Shell.Result refused, int exitCode, String message) {
    assertThat(refused.exitCode()).as(refused.all()).isEqualTo(exitCode);
    assertThat(refused.err() + refused.out()).contains("kemudi: ").contains(message);
    assertNoTrace(refused);
  }

  private static void assertNoTrace(Shell.Result result) {
    assertThat(result.err() + result.out()).doesNotContain("\tat ").doesNotContain("Exception");
  }
}
