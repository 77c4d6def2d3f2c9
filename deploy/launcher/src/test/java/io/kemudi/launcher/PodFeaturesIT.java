package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What pods may ask of a node, on the real embedded runtime: volumes, hooks, a way to attach.
@Timeout(120)
class PodFeaturesIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Path OLD_KUBECTL =
      Path.of("target", "kubectl-1.20", "usr", "bin", "kubectl").toAbsolutePath();

  @TempDir static Path dir;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("busybox");
    cluster = TestCluster.up();
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
      assertThat(Files.readString(Path.of("/proc/mounts")))
          .as("no mount of a volume is left")
          .doesNotContain(cluster.dataDir().toString())
          .doesNotContain(
              AgentConfigs.memoryDirectory(
                      new DataDirectory(cluster.dataDir()).node(HostNetwork.nodeName()))
                  .toString());
    }
  }

  /// A pod of one container whose script may use `/v`, the volume `v`.
  private static String pod(String name, String volume, String mount, String script) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: kemudi.io/host
          command: [sh, -c, '%s']
          volumeMounts: [{name: v, mountPath: /v%s}]
      volumes: [{name: v, %s}]
    """
        .formatted(name, script, mount, volume);
  }

  @Test
  void aVolumeInMemoryIsAsLargeAsItsLimit() {
    cluster.apply(
        pod(
            "memory",
            "emptyDir: {medium: Memory, sizeLimit: 1Mi}",
            "",
            "grep \" /v tmpfs\" /proc/mounts; head -c 900000 /dev/zero > /v/fits && echo fits;"
                + " head -c 300000 /dev/zero > /v/more || echo full"));

    cluster.awaitField("pod/memory", ".status.phase", "Succeeded");
    assertThat(cluster.kubectl("logs", "memory"))
        .contains("/v tmpfs", "size=1024k", "fits\n", "full\n");
  }

  @Test
  void aPodThatFillsMoreThanItsVolumeIsEvicted() {
    cluster.apply(
        pod(
            "greedy",
            "emptyDir: {sizeLimit: 1Mi}",
            "",
            "head -c 5000000 /dev/zero > /v/big; while true; do sleep 0.1; done"));

    cluster.awaitField("pod/greedy", ".status.reason", "Evicted");
    assertThat(cluster.field("pod/greedy", ".status.phase")).isEqualTo("Failed");
    assertThat(cluster.field("pod/greedy", ".status.message"))
        .isEqualTo("Usage of EmptyDir volume \"v\" exceeds the limit \"1Mi\". ");
  }

  @Test
  void changesReachFilesAtOnce() {
    cluster.apply(TestManifests.configMap("settings", "color", "red"));
    cluster.apply(
        pod(
            "follower",
            "configMap: {name: settings}",
            "",
            "while true; do cat /v/color; echo; sleep 0.2; done"));
    TestCluster.eventually(LIMIT, () -> logs("follower").contains("red"), () -> logs("follower"));

    cluster.apply(TestManifests.configMap("settings", "color", "blue"));

    // Without a watch the agent would look again after a minute.
    TestCluster.eventually(
        Duration.ofSeconds(20), () -> logs("follower").contains("blue"), () -> logs("follower"));
  }

  @Test
  void partsOfVolumesAreMounted() {
    cluster.apply(TestManifests.configMap("parts", "one", "text"));
    cluster.apply(
        pod("part", "configMap: {name: parts}", "/file, subPath: one", "cat /v/file; ls /v"));
    cluster.awaitField("pod/part", ".status.phase", "Succeeded");
    assertThat(cluster.kubectl("logs", "part")).isEqualTo("textfile\n");

    cluster.apply(
        pod("made", "emptyDir: {}", ", subPath: a/b", "echo x > /v/x && cat /v/x && ls -d /v"));
    cluster.awaitField("pod/made", ".status.phase", "Succeeded");
    assertThat(cluster.kubectl("logs", "made")).isEqualTo("x\n/v\n");
  }

  @Test
  void hooksRunAfterTheStartAndBeforeTheEnd() throws IOException {
    Path out = Files.createDirectories(dir.resolve("hooks"));
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: hooked}
        spec:
          terminationGracePeriodSeconds: 20
          volumes: [{name: out, hostPath: {path: OUT}}]
          containers:
            - name: exec
              image: kemudi.io/host
              command: [sh, -c, 'trap "echo term >> /out/exec; exit 0" TERM; while true; do sleep 0.1; done']
              volumeMounts: [{name: out, mountPath: /out}]
              lifecycle:
                postStart: {exec: {command: [sh, -c, 'echo started >> /out/exec']}}
                preStop: {exec: {command: [sh, -c, 'echo stopping >> /out/exec']}}
            - name: http
              image: kemudi.io/host
              command: [sh, -c]
              args:
                - mkdir -p /tmp/w/cgi-bin && printf '#!/bin/sh\\necho called >> /out/http\\nprintf "\\\\r\\\\n"\\n' > /tmp/w/cgi-bin/bye &&
                  chmod +x /tmp/w/cgi-bin/bye && exec busybox httpd -f -p 8080 -h /tmp/w
              volumeMounts: [{name: out, mountPath: /out}]
              readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
              lifecycle:
                postStart: {sleep: {seconds: 1}}
                preStop: {httpGet: {path: /cgi-bin/bye, port: 8080}}
        """
            .replace("OUT", out.toString()));
    cluster.awaitField("pod/hooked", ".status.conditions[?(@.type==\"Ready\")].status", "True");
    assertThat(out.resolve("exec")).hasContent("started");

    cluster.kubectl("delete", "pod", "hooked");

    assertThat(Files.readAllLines(out.resolve("exec")))
        .containsExactly("started", "stopping", "term");
    assertThat(out.resolve("http")).hasContent("called");
  }

  @Test
  void aContainerWhoseStartHookFailsIsKilled() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: unhooked}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - name: main
              image: kemudi.io/host
              command: [sleep, "1000"]
              lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 3']}}}
        """);

    TestCluster.eventually(
        LIMIT,
        () ->
            cluster.tryKubectl("describe", "pod", "unhooked").out().contains("FailedPostStartHook"),
        () -> cluster.tryKubectl("describe", "pod", "unhooked").all());
    cluster.kubectl("delete", "pod", "unhooked");
  }

  @ParameterizedTest(name = "kubectl before 1.31: {0}")
  @ValueSource(booleans = {false, true})
  void attachPassesInputAndOutput(boolean old) {
    if (old) {
      Needs.rootAnd(OLD_KUBECTL.toString());
    }
    TestCluster through = old ? cluster.through(OLD_KUBECTL) : cluster;
    String name = old ? "spdy" : "websocket";
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: NAME}
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: kemudi.io/host
              stdin: true
              stdinOnce: true
              command: [sh, -c, 'while read line; do echo "got $line"; done; echo end']
        """
            .replace("NAME", name));
    cluster.awaitField("pod/" + name, ".status.phase", "Running");

    Shell.Result attached = through.kubectlWith("one\ntwo\n", "attach", "-i", name);

    assertThat(attached.exitCode()).as(attached.all()).isZero();
    assertThat(attached.out()).contains("got one\ngot two\n");
    cluster.awaitField("pod/" + name, ".status.phase", "Succeeded");
    assertThat(cluster.kubectl("logs", name)).isEqualTo("got one\ngot two\nend\n");
  }

  @Test
  void aPodHasALimitForAllItsContainersTogether() throws IOException {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: limited}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - {name: a, image: kemudi.io/host, command: [sleep, "1000"], resources: {limits: {memory: 64Mi, cpu: 100m}}}
            - {name: b, image: kemudi.io/host, command: [sleep, "1000"], resources: {limits: {memory: 32Mi, cpu: 200m}}}
        """);
    cluster.awaitField("pod/limited", ".status.phase", "Running");

    String group = "kubepods/pod" + cluster.field("pod/limited", ".metadata.uid");
    Path fs = Path.of("/sys/fs/cgroup");
    boolean unified = Files.exists(fs.resolve("cgroup.controllers"));
    Path memory =
        unified
            ? fs.resolve(group).resolve("memory.max")
            : fs.resolve("memory").resolve(group).resolve("memory.limit_in_bytes");
    Path cpu =
        unified
            ? fs.resolve(group).resolve("cpu.max")
            : fs.resolve("cpu").resolve(group).resolve("cpu.cfs_quota_us");
    assertThat(Files.readString(memory).strip()).isEqualTo(Long.toString(96L << 20));
    assertThat(Files.readString(cpu)).startsWith("30000");
  }

  @Test
  void callsThatContainersHaveNoUseForAreRefused() {
    Needs.rootAnd("crun"); // util-linux alone cannot filter calls
    cluster.apply(
        pod(
                "filtered",
                "emptyDir: {}",
                "",
                "unshare --user true || echo no user namespace;"
                    + " unshare --net true || echo no network namespace;"
                    + " grep Seccomp: /proc/self/status")
            .replace(
                "  restartPolicy",
                "  securityContext: {seccompProfile: {type: RuntimeDefault}}\n  restartPolicy"));

    cluster.awaitField("pod/filtered", ".status.phase", "Succeeded");
    assertThat(cluster.kubectl("logs", "filtered"))
        .contains("no user namespace", "no network namespace")
        .containsPattern("Seccomp:\\s+2"); // SECCOMP_MODE_FILTER
  }

  private static String logs(String pod) {
    return cluster.tryKubectl("logs", pod, "--tail=5").out();
  }
}
