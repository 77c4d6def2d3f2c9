package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a user does with an unmodified kubectl, on one cluster with one Deployment, `web`.
@Timeout(120)
class KubectlSpineIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Debian's 1.20, the oldest that we care for: it knows SPDY only. `./kemudi test` puts it there.
  private static final Path OLD_KUBECTL =
      Path.of("target", "kubectl-1.20", "usr", "bin", "kubectl").toAbsolutePath();

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("busybox");
    cluster = TestCluster.up();
    cluster.apply(TestManifests.web("web", 2));
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=40s");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void applySaysWhatItDid() {
    String first = TestManifests.configMap("applied", "a", "1");

    assertThat(cluster.kubectlWith(first, "apply", "-f", "-").out()).contains("applied created");
    assertThat(cluster.kubectlWith(first, "apply", "-f", "-").out()).contains("applied unchanged");
    String second = TestManifests.configMap("applied", "b", "2");
    assertThat(cluster.kubectlWith(second, "apply", "-f", "-").out()).contains("configured");

    // What the second text left out is gone.
    assertThat(cluster.field("configmap/applied", ".data")).isEqualTo("{\"b\":\"2\"}");
  }

  @Test
  void serverSideApplyReportsConflictsByOwner() {
    String ours = TestManifests.configMap("owned", "a", "ours");
    String theirs = TestManifests.configMap("owned", "a", "theirs");
    cluster.kubectlWith(ours, "apply", "--server-side", "--field-manager=us", "-f", "-");

    Shell.Result refused =
        cluster.kubectlWith(theirs, "apply", "--server-side", "--field-manager=them", "-f", "-");

    assertThat(refused.exitCode()).as(refused.all()).isEqualTo(1);
    assertThat(refused.err()).contains("conflict with \"us\"", ".data.a");
    assertThat(cluster.field("configmap/owned", ".data.a")).isEqualTo("ours");
  }

  @Test
  void getPrintsTablesWideTablesAndYaml() {
    assertThat(cluster.kubectl("get", "deployment", "web"))
        .containsPattern("NAME +READY +UP-TO-DATE +AVAILABLE +AGE")
        .contains("2/2");
    assertThat(cluster.kubectl("get", "pods", "-o", "wide", "-l", "app=web"))
        .containsPattern("NAME +READY +STATUS +RESTARTS +AGE +IP +NODE")
        .contains("10.244.0.");
    assertThat(cluster.kubectl("get", "deployment", "web", "-o", "yaml"))
        .contains("kind: Deployment", "availableReplicas: 2", "progressDeadlineSeconds: 600");
    assertThat(cluster.kubectl("get", "nodes")).contains("Ready").contains("v1.36.2");
  }

  @Test
  void getWatchesUntilItIsStopped() {
    try (var watch = cluster.kubectlRunning("get", "configmaps", "-w", "-o", "name")) {
      TestCluster.eventually(
          LIMIT, () -> watch.output().contains("kube-root-ca.crt"), watch::output);

      cluster.kubectl("create", "configmap", "watched", "--from-literal=a=b");

      TestCluster.eventually(
          LIMIT, () -> watch.output().contains("configmap/watched"), watch::output);
    }
  }

  @Test
  void describeTellsTheStoryOfAPod() {
    String text = cluster.kubectl("describe", anyPod());

    assertThat(text).contains("Controlled By:  ReplicaSet/web-", "Ready:          True");
    assertThat(text).contains("Successfully assigned default/web-", "Started container web");
  }

  @Test
  void logsFollowAContainerToItsEnd() {
    cluster.apply(
        TestManifests.pod(
            "talker", "Never", "for i in 1 2 3; do echo line $i; sleep 0.3; done; echo bad >&2"));
    cluster.awaitField("pod/talker", ".status.containerStatuses[0].started", "true");

    assertThat(cluster.kubectl("logs", "-f", "talker")).isEqualTo("line 1\nline 2\nline 3\nbad\n");
    assertThat(cluster.kubectl("logs", "talker", "--tail=1")).isEqualTo("bad\n");
    cluster.awaitField("pod/talker", ".status.phase", "Succeeded");
  }

  @Test
  void execPassesInputOutputAndExitCode() {
    exec(cluster);
  }

  @Test
  void portForwardCarriesData() {
    portForward(cluster);
  }

  @Test
  void filesAreCopiedIntoAPodAndBack(@TempDir Path dir) throws Exception {
    Path there = Files.writeString(dir.resolve("there"), "copied\n".repeat(10_000));
    String pod = anyPod().substring("pod/".length());

    cluster.kubectl("cp", there.toString(), pod + ":/tmp/copied");
    cluster.kubectl("cp", pod + ":/tmp/copied", dir.resolve("back").toString());

    assertThat(dir.resolve("back")).hasSameTextualContentAs(there);
  }

  @Test
  void aDeploymentIsScaledRolledOutAndRolledBack() {
    cluster.apply(TestManifests.web("rolling", 1));
    rolledOut();

    cluster.kubectl("scale", "deployment/rolling", "--replicas=2");
    rolledOut();
    assertThat(cluster.field("deployment/rolling", ".status.readyReplicas")).isEqualTo("2");

    cluster.kubectl("set", "env", "deployment/rolling", "COLOUR=green");
    rolledOut();
    assertThat(cluster.kubectl("rollout", "history", "deployment/rolling"))
        .containsPattern("(?m)^1 ")
        .containsPattern("(?m)^2 ");
    assertThat(colour()).isEqualTo("green");

    cluster.kubectl("rollout", "undo", "deployment/rolling");
    rolledOut();
    assertThat(colour()).isEmpty();
    assertThat(cluster.field("deployment/rolling", ".metadata.annotations"))
        .contains("\"deployment.kubernetes.io/revision\":\"3\"");
    cluster.kubectl("delete", "deployment", "rolling");
    TestCluster.eventually(
        LIMIT,
        () -> cluster.kubectl("get", "pods,rs", "-l", "app=rolling", "-o", "name").isEmpty(),
        () -> cluster.kubectl("get", "pods,rs", "-l", "app=rolling"));
  }

  private static void rolledOut() {
    cluster.kubectl("rollout", "status", "deployment/rolling", "--timeout=40s");
  }

  private static String colour() {
    return cluster.field(
        "deployment/rolling", ".spec.template.spec.containers[0].env[?(@.name==\"COLOUR\")].value");
  }

  @Test
  void labelsAreSetSelectedAndRemoved() {
    cluster.kubectl("create", "configmap", "labelled");

    cluster.kubectl("label", "configmap", "labelled", "tier=front");
    assertThat(cluster.kubectl("get", "configmaps", "-l", "tier in (front)", "-o", "name"))
        .isEqualTo("configmap/labelled\n");
    cluster.kubectl("label", "configmap", "labelled", "tier-");
    assertThat(cluster.kubectl("get", "configmaps", "-l", "tier", "-o", "name")).isEmpty();
    cluster.kubectl("delete", "configmap", "labelled");
    assertThat(cluster.tryKubectl("get", "configmap", "labelled").err())
        .contains("configmaps \"labelled\" not found");
  }

  @Test
  void aNamespaceGoesWithWhatIsInIt() {
    cluster.kubectl("create", "namespace", "passing");
    cluster.kubectl("create", "configmap", "inside", "-n", "passing");

    cluster.kubectl("delete", "namespace", "passing", "--timeout=30s");

    assertThat(cluster.tryKubectl("get", "namespace", "passing").err()).contains("not found");
  }

  @Test
  void theServerExplainsItself() {
    assertThat(cluster.kubectl("api-resources"))
        .containsPattern("deployments +deploy +apps/v1 +true +Deployment");
    assertThat(cluster.kubectl("explain", "deployment.spec.strategy"))
        .contains("rollingUpdate", "<RollingUpdateDeployment>");
    assertThat(cluster.kubectl("explain", "pods", "--recursive")).contains("topologyKey");
  }

  @Test
  void anOldKubectlDoesTheSameOverSpdy() {
    Needs.rootAnd(OLD_KUBECTL.toString());
    TestCluster old = cluster.through(OLD_KUBECTL);

    assertThat(old.kubectl("version", "--short")).contains("v1.20", "v1.36");
    old.apply(TestManifests.configMap("from-old", "a", "b"));
    assertThat(old.kubectl("get", "configmap", "from-old", "-o", "wide")).contains("from-old");
    assertThat(old.kubectl("logs", anyPod())).contains("serving");
    assertThat(old.kubectl("explain", "deployment.spec.replicas")).contains("<integer>");
    exec(old);
    portForward(old);
  }

  private static void exec(TestCluster through) {
    String pod = anyPod();

    Shell.Result ended =
        through.tryKubectl("exec", pod, "--", "sh", "-c", "echo out; echo err >&2; exit 7");
    assertThat(ended.exitCode()).as(ended.all()).isEqualTo(7);
    assertThat(ended.out()).isEqualTo("out\n");
    assertThat(ended.err()).contains("err\n");
    // More than any window or pipe holds at once.
    String input = "0123456789abcdef".repeat(20_000);
    assertThat(through.kubectlWith(input, "exec", "-i", pod, "--", "cat").out()).isEqualTo(input);
  }

  private static void portForward(TestCluster through) {
    Pattern listening = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) -> 8080");
    try (var forward = through.kubectlRunning("port-forward", anyPod(), ":8080")) {
      TestCluster.eventually(
          LIMIT, () -> listening.matcher(forward.output()).find(), forward::output);
      Matcher port = listening.matcher(forward.output());
      assertThat(port.find()).isTrue();

      for (int i = 0; i < 3; i++) {
        Shell.Result answer =
            cluster.inside("curl", "-s", "-m", "10", "http://127.0.0.1:" + port.group(1) + "/");
        assertThat(answer.out()).as(answer.all() + forward.output()).startsWith("hello from web-");
      }
    }
  }

  private static String anyPod() {
    return cluster
        .kubectl("get", "pods", "-l", "app=web", "-o", "name")
        .lines()
        .findFirst()
        .orElseThrow();
  }
}
