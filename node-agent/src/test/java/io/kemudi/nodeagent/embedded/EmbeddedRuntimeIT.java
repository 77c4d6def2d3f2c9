package io.kemudi.nodeagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.Int64Value;
import io.kemudi.cri.v1.KeyValue;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.Mount;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.posix.Command;
import io.kemudi.nodeagent.runtime.PodEnding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// The embedded runtime with crun, with runc and with neither. Needs root.
@Timeout(60)
class EmbeddedRuntimeIT {
  @SuppressWarnings("NullAway.Init") // start() comes first in every test
  private RuntimeHarness runtime;

  private void start(LowLevelRuntime low) throws IOException {
    boolean possible =
        "root".equals(System.getProperty("user.name"))
            && (low == LowLevelRuntime.UTIL_LINUX
                || Files.exists(Path.of("/usr/bin/" + low.name().toLowerCase(Locale.ROOT)))
                || Files.exists(Path.of("/usr/sbin/" + low.name().toLowerCase(Locale.ROOT))));
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(possible).as("root, and %s installed", low).isTrue();
    }
    runtime = new RuntimeHarness(low);
  }

  @AfterEach
  void removeEverything() throws IOException {
    if (runtime != null) {
      runtime.close();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void runsAContainerOfTheHostImageAndKeepsItsOutputAndExitCode(LowLevelRuntime low)
      throws Exception {
    start(low);
    String script =
        "echo to out; echo to err >&2; printf unfinished; hostname; cat /etc/resolv.conf;"
            + " touch /tmp/mine && echo tmp is mine; touch /etc/theirs || echo root is read-only;"
            + " echo $$; exit 7";
    String id = runtime.run("web", runtime.container("c", "/bin/sh", "-c", script).build());

    ContainerStatus status = runtime.awaitExit(id);

    assertThat(status.getExitCode()).isEqualTo(7);
    assertThat(status.getReason()).isEqualTo("Error");
    assertThat(status.getStartedAt()).isPositive();
    assertThat(status.getFinishedAt()).isGreaterThanOrEqualTo(status.getStartedAt());
    String log = runtime.log(id);
    assertThat(log).containsPattern("(?m)^\\d{4}-\\d\\d-\\d\\dT\\S{18}Z stdout F to out$");
    assertThat(log).containsPattern("(?m)^\\S+Z stderr F to err$");
    assertThat(log).contains("F unfinishedweb\n", "nameserver 10.96.0.10", "search cluster.local");
    assertThat(log).contains("F tmp is mine\n", "F root is read-only\n", "F 1\n");
    assertThat(Path.of("/etc/theirs")).doesNotExist();
    assertThat(Path.of("/tmp/mine")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void connectsPodsWithEachOtherAndWithTheNode(LowLevelRuntime low) throws Exception {
    start(low);
    String serve =
        "import socket\ns=socket.create_server(('',8080))\n"
            + "while True:\n c,a=s.accept(); c.sendall(a[0].encode()); c.close()";
    runtime.run("server", runtime.container("c", "/usr/bin/python3", "-c", serve).build());
    String client = runtime.run("client", runtime.container("c", "/bin/sleep", "1000").build());
    String address =
        runtime.cri().podSandboxStatus(runtime.sandboxOf("server")).getNetwork().getIp();
    String ask =
        "import socket,time\n"
            + "for i in range(100):\n"
            + " try:\n  print(socket.create_connection(('"
            + address
            + "',8080),2).recv(99).decode()); break\n"
            + " except OSError: time.sleep(.05)";

    String fromNode = runtime.onNode("python3", "-c", ask);
    var fromPod =
        runtime.cri().execSync(client, List.of("python3", "-c", ask), Duration.ofSeconds(20));

    assertThat(address).startsWith("10.244.7.");
    assertThat(fromNode.strip()).isEqualTo("10.244.7.1");
    assertThat(fromPod.getStdout().toStringUtf8().strip())
        .isEqualTo(
            runtime.cri().podSandboxStatus(runtime.sandboxOf("client")).getNetwork().getIp());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void stopsPolitelyFirstAndKillsWhatDoesNotListen(LowLevelRuntime low) throws Exception {
    start(low);
    String polite =
        runtime.run(
            "polite",
            runtime
                .container(
                    "c",
                    "/bin/sh",
                    "-c",
                    "trap 'echo bye; exit 3' TERM; while :; do sleep 0.05; done")
                .build());
    String deaf =
        runtime.run(
            "deaf",
            runtime
                .container("c", "/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done")
                .build());
    runtime.cri().execSync(polite, List.of("sleep", "0.2"), Duration.ofSeconds(5));

    runtime.cri().stopContainer(polite, Duration.ofSeconds(10));
    runtime.cri().stopContainer(deaf, Duration.ofSeconds(1));

    assertThat(runtime.cri().containerStatus(polite).getExitCode()).isEqualTo(3);
    assertThat(runtime.log(polite)).contains("stdout F bye");
    assertThat(runtime.cri().containerStatus(deaf).getExitCode()).isEqualTo(137);
    assertThat(runtime.cri().containerStatus(deaf).getState())
        .isEqualTo(ContainerState.CONTAINER_EXITED);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void killsAContainerThatTakesTooMuchMemoryAndSaysSo(LowLevelRuntime low) throws Exception {
    start(low);
    ContainerConfig.Builder greedy =
        runtime.container("c", "/usr/bin/python3", "-c", "x = bytearray(200 << 20); print(len(x))");
    greedy
        .getLinuxBuilder()
        .setResources(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(48 << 20));

    ContainerStatus status = runtime.awaitExit(runtime.run("greedy", greedy.build()));

    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void execRunsInsideWithTheContainersEnvironmentAndLimits(LowLevelRuntime low) throws Exception {
    start(low);
    ContainerConfig.Builder config = runtime.container("c", "/bin/sleep", "1000");
    config.addEnvs(KeyValue.newBuilder().setKey("GREETING").setValue("it's me"));
    config.setWorkingDir("/usr/share");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsUser(Int64Value.newBuilder().setValue(1234))
        .setRunAsGroup(Int64Value.newBuilder().setValue(567))
        .addSupplementalGroups(89);
    String id = runtime.run("user", config.build());

    var answer =
        runtime
            .cri()
            .execSync(
                id,
                List.of(
                    "sh",
                    "-c",
                    "echo $GREETING; pwd; id -u; id -g; id -G; grep CapEff /proc/self/status; exit 5"),
                Duration.ofSeconds(5));
    var first =
        runtime
            .cri()
            .execSync(
                id,
                List.of("sh", "-c", "grep -E 'Uid|Gid|Groups' /proc/1/status"),
                Duration.ofSeconds(5));

    assertThat(answer.getExitCode()).as(answer.getStderr().toStringUtf8()).isEqualTo(5);
    assertThat(answer.getStdout().toStringUtf8().lines())
        .startsWith("it's me", "/usr/share", "1234", "567")
        .contains("CapEff:\t0000000000000000");
    assertThat(first.getStdout().toStringUtf8())
        .contains("Uid:\t1234\t1234", "Gid:\t567\t567", "89 567");
    assertThatThrownBy(
            () -> runtime.cri().execSync(id, List.of("sleep", "60"), Duration.ofSeconds(1)))
        .hasMessageContaining("timed out");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void containersOutliveTheRuntimeAndAreTakenOver(LowLevelRuntime low) throws Exception {
    start(low);
    String count =
        "i=0; while [ ! -e /tmp/end ]; do i=$((i+1)); echo line $i; sleep 0.02; done; exit 9";
    String id = runtime.run("lasting", runtime.container("c", "/bin/sh", "-c", count).build());
    String ended = runtime.run("ended", runtime.container("c", "/bin/sh", "-c", "exit 4").build());
    runtime.awaitExit(ended);
    String address =
        runtime.cri().podSandboxStatus(runtime.sandboxOf("lasting")).getNetwork().getIp();

    runtime.restart();

    assertThat(runtime.cri().containerStatus(id).getState())
        .isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertThat(runtime.cri().containerStatus(ended).getExitCode()).isEqualTo(4);
    var sandbox = runtime.cri().podSandboxStatus(runtime.sandboxOf("lasting"));
    assertThat(sandbox.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(sandbox.getNetwork().getIp()).isEqualTo(address);
    runtime.cri().execSync(id, List.of("touch", "/tmp/end"), Duration.ofSeconds(5));
    assertThat(runtime.awaitExit(id).getExitCode()).isEqualTo(9);
    List<String> numbers =
        runtime.log(id).lines().map(l -> l.substring(l.lastIndexOf(' ') + 1)).toList();
    for (int i = 0; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).isEqualTo(String.valueOf(i + 1));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void endsThePodsThatAnEarlierRuntimeLeftRunning(LowLevelRuntime low) throws Exception {
    start(low);
    runtime.run("left", runtime.container("c", "sleep", "1000").build());
    List<Long> processes = runtime.processesOf("left");
    assertThat(processes).isNotEmpty();

    var told = new ArrayList<String>();
    runtime.removePods(
        Duration.ofSeconds(1),
        new PodEnding.Listener() {
          @Override
          public void begins(int containers, Duration longest) {
            told.add(containers + " within " + longest.toSeconds());
          }

          @Override
          public void oneHasEnded() {
            told.add("ended");
          }
        });
    assertThat(told).hasSize(2).last().isEqualTo("ended");

    assertThat(runtime.cri().listPodSandbox(java.util.Map.of())).isEmpty();
    assertThat(processes).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void refusesAProgramThatDoesNotExistByName(LowLevelRuntime low) throws Exception {
    start(low);

    assertThatThrownBy(
            () -> runtime.run("missing", runtime.container("c", "no-such-program").build()))
        .hasMessageContaining("exec: \"no-such-program\": executable file not found in $PATH");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void mountsVolumesAndLeavesNothingBehind(LowLevelRuntime low) throws Exception {
    start(low);
    Path volume = Files.createDirectories(runtime.folder.resolve("volume"));
    Files.writeString(volume.resolve("given"), "content");
    ContainerConfig.Builder config =
        runtime.container(
            "c",
            "/bin/sh",
            "-c",
            "cat /var/run/secrets/token/given; echo new > /data/made; echo x > /var/run/secrets/token/n || echo refused");
    config.addMounts(Mount.newBuilder().setContainerPath("/data").setHostPath(volume.toString()));
    config.addMounts(
        Mount.newBuilder()
            .setContainerPath("/var/run/secrets/token")
            .setHostPath(volume.toString())
            .setReadonly(true));
    String id = runtime.run("volumes", config.build());
    runtime.awaitExit(id);
    String log = runtime.log(id);
    String sandbox = runtime.sandboxOf("volumes");

    runtime.cri().stopPodSandbox(sandbox);
    runtime.cri().removePodSandbox(sandbox);

    assertThat(log).contains("content", "refused");
    assertThat(volume.resolve("made")).hasContent("new\n");
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(sandbox, id);
    assertThat(runtime.onNode("ip", "-o", "link")).doesNotContain("veth");
    assertThat(Command.check(Duration.ofSeconds(5), List.of("ps", "-eo", "args")))
        .doesNotContain(id);
    assertThat(Path.of("/data")).doesNotExist();
  }
}
