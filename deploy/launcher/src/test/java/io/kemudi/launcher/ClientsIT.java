package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs on the client libraries that people use, all at once against one cluster: create, read,
/// update, list and delete; server-side apply; exec and logs; an informer that goes on when the API
/// server is killed and started again. [KubectlSpineIT] does the same with kubectl.
@Timeout(240)
class ClientsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration INSTALL_LIMIT = Duration.ofSeconds(120);
  private static final Path SOURCES = Path.of("src", "test", "clients");
  private static final Path NODE = Path.of("target", "clients");

  private static TestCluster cluster;
  @TempDir private static Path dir;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("busybox", "node", "npm", "/usr/bin/python3");
    Needs.that(
        Shell.run(LIMIT, Map.of(), List.of("/usr/bin/python3", "-c", "import kubernetes"))
                .exitCode()
            == 0,
        "Debian's python3-kubernetes");
    Needs.that(installed(), "the packages of package-lock.json from npm's registry");
    cluster = TestCluster.up();
    cluster.apply(TestManifests.pod("talker", "Always", "echo serving; exec sleep 30075"));
    cluster.apply(TestManifests.configMap("waited-for", "a", "1"));
    cluster.awaitField("pod/talker", ".status.phase", "Running");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  /// The packages that `client.mjs` reads, as the lock file has them; kept between runs.
  private static boolean installed() throws IOException {
    Files.createDirectories(NODE);
    Path lock = NODE.resolve("package-lock.json");
    boolean same =
        Files.exists(NODE.resolve("node_modules").resolve(".package-lock.json"))
            && Files.mismatch(SOURCES.resolve("package-lock.json"), lock) < 0;
    for (String file : List.of("package.json", "package-lock.json", "client.mjs")) {
      Files.copy(SOURCES.resolve(file), NODE.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> install = List.of("npm", "ci", "--ignore-scripts", "--prefix", NODE.toString());
    return same || Shell.run(INSTALL_LIMIT, Map.of(), install).exitCode() == 0;
  }

  @Test
  void clientLibrariesWorkAndTheirWatchesOutliveTheServer() throws Exception {
    String kubeconfig = cluster.dataDir().resolve("kubeconfig").toString();
    String restarted = dir.resolve("restarted").toString();
    Map<String, Shell.Running> clients = new LinkedHashMap<>();
    try (var waiting =
        cluster.kubectlRunning(
            "wait", "configmap/waited-for", "--for=jsonpath={.data.a}=2", "--timeout=90s")) {
      clients.put("fabric8", java("Fabric8Client", kubeconfig, restarted));
      clients.put("client-java", java("OfficialJavaClient", kubeconfig, restarted));
      clients.put(
          "python",
          cluster.insideRunning(
              "/usr/bin/python3",
              SOURCES.resolve("client.py").toAbsolutePath().toString(),
              kubeconfig,
              restarted));
      clients.put(
          "node",
          cluster.insideRunning(
              "node",
              NODE.resolve("client.mjs").toAbsolutePath().toString(),
              kubeconfig,
              restarted));
      awaitAll(clients, "waiting");

      restart();
      Files.createFile(Path.of(restarted));

      awaitAll(clients, "ok watch");
      clients.forEach((name, client) ->
          assertThat(client.output())
              .as(name)
              .contains("ok crud", "ok apply", "ok exec", "ok logs"));
      cluster.kubectl("patch", "configmap", "waited-for", "-p", "{\"data\":{\"a\":\"2\"}}");
      await("kubectl wait", waiting, "condition met");
    } finally {
      clients.values().forEach(Shell.Running::close);
    }
  }

  /// A program of the package `clients`, with the class path of this test.
  private static Shell.Running java(String name, String... args) {
    return cluster.insideRunning(
        ProcessHandle.current().info().command().orElseThrow(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        "io.kemudi.launcher.clients." + name,
        args[0],
        args[1]);
  }

  /// Waits for each program, so that a failure tells what all of them ran into.
  private static void awaitAll(Map<String, Shell.Running> clients, String word) {
    assertSoftly(softly ->
        clients.forEach((name, client) ->
            softly.assertThatCode(() -> await(name, client, word)).doesNotThrowAnyException()));
  }

  private static void await(String name, Shell.Running client, String word) {
    TestCluster.eventually(
        LIMIT,
        () -> client.output().contains(word) || !client.process().isAlive(),
        () -> name + " has not said \"" + word + "\":\n" + client.output());
    // what a program wrote last arrives after its end
    TestCluster.eventually(
        Duration.ofSeconds(5),
        () -> client.output().contains(word),
        () -> name + " ended without \"" + word + "\":\n" + client.output());
  }

  /// Ends the API server as a power cut would, and starts it on the same port and store.
  private static void restart() throws IOException {
    long pid =
        ClusterFile.read(cluster.dataDir().resolve("cluster.json")).orElseThrow().server().pid();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    TestCluster.eventually(
        LIMIT, () -> !process.isAlive() || Shell.zombie(pid), () -> "pid " + pid + " lives on");
    cluster.start();
  }
}
