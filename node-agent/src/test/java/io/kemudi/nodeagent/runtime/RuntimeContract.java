package io.kemudi.nodeagent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerMetadata;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.LinuxContainerConfig;
import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.LinuxPodSandboxConfig;
import io.kemudi.cri.v1.LinuxSandboxSecurityContext;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxMetadata;
import io.kemudi.cri.v1.PodSandboxState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every runtime owes the agent.
public abstract class RuntimeContract {
  private static final long LIMIT_MS = 30_000;

  @TempDir Path logs;

  protected abstract Runtime runtime() throws Exception;

  /// An image that is there, and has `/bin/sh` if the runtime has processes at all.
  protected abstract String image();

  private PodSandboxConfig pod(String name) {
    var namespaces = NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER);
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder()
                .setName(name)
                .setNamespace("default")
                .setUid("contract-" + name))
        .setHostname(name)
        .setLogDirectory(logs.toString())
        .putAllLabels(Labels.ofPod("contract", "contract-" + name))
        .putAnnotations("note", "kept")
        .setLinux(
            LinuxPodSandboxConfig.newBuilder()
                .setSecurityContext(
                    LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
        .build();
  }

  private ContainerConfig container(String pod, String name, String script) throws Exception {
    var namespaces = NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER);
    Files.createDirectories(logs.resolve(name));
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName(name).setAttempt(2))
        .setImage(ImageSpec.newBuilder().setImage(imageRef()))
        .addCommand("/bin/sh")
        .addCommand("-c")
        .addCommand(script)
        .putAllLabels(Labels.ofPod("contract", "contract-" + pod))
        .putAnnotations(Labels.HASH, "abc")
        .setLogPath(name + "/2.log")
        .setLinux(
            LinuxContainerConfig.newBuilder()
                .setSecurityContext(
                    LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
        .build();
  }

  private String imageRef() throws Exception {
    Image present = runtime().imageStatus(image());
    if (present == null) {
      return runtime().pullImage(image(), null, pod("pull"));
    }
    return present.getId();
  }

  protected static void until(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.currentTimeMillis() + LIMIT_MS;
    while (!holds.call()) {
      assertThat(System.currentTimeMillis()).as("waiting until " + what).isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  @Test
  void saysWhoItIsAndThatItIsReady() throws Exception {
    assertThat(runtime().version().getRuntimeName()).isNotEmpty();
    assertThat(runtime().status().getStatus().getConditionsList())
        .allSatisfy(c -> assertThat(c.getStatus()).as(c.getType() + ": " + c.getMessage()).isTrue())
        .extracting(c -> c.getType())
        .contains("RuntimeReady", "NetworkReady");
  }

  @Test
  void aSandboxHasAnAddressAndWhatItWasGiven() throws Exception {
    String id = runtime().runPodSandbox(pod("one"), "");
    try {
      var status = runtime().podSandboxStatus(id);
      assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
      assertThat(status.getMetadata().getName()).isEqualTo("one");
      assertThat(status.getNetwork().getIp()).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
      assertThat(status.getAnnotationsMap()).containsEntry("note", "kept");
      assertThat(status.getCreatedAt()).isPositive();
      assertThat(runtime().listPodSandbox(Labels.ofPod("contract", "contract-one")))
          .extracting(s -> s.getId())
          .containsExactly(id);
      assertThat(runtime().listPodSandbox(Labels.ofPod("contract", "another"))).isEmpty();
    } finally {
      runtime().removePodSandbox(id);
    }
  }

  @Test
  void aContainerIsCreatedThenRunsThenEnds() throws Exception {
    PodSandboxConfig pod = pod("life");
    String sandbox = runtime().runPodSandbox(pod, "");
    try {
      String id =
          runtime().createContainer(sandbox, container("life", "app", "sleep 1000 & wait"), pod);
      assertThat(runtime().containerStatus(id).getState())
          .isEqualTo(ContainerState.CONTAINER_CREATED);

      runtime().startContainer(id);
      var running = runtime().containerStatus(id);
      assertThat(running.getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
      assertThat(running.getStartedAt()).isPositive();
      assertThat(running.getMetadata().getAttempt()).isEqualTo(2);
      assertThat(running.getAnnotationsMap()).containsEntry(Labels.HASH, "abc");

      runtime().stopContainer(id, Duration.ofSeconds(1));
      var ended = runtime().containerStatus(id);
      assertThat(ended.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
      assertThat(ended.getExitCode()).isNotZero();
      assertThat(ended.getFinishedAt()).isGreaterThanOrEqualTo(ended.getStartedAt());
      assertThat(runtime().listContainers(Labels.ofPod("contract", "contract-life")))
          .extracting(c -> c.getState())
          .containsExactly(ContainerState.CONTAINER_EXITED);
    } finally {
      runtime().removePodSandbox(sandbox);
    }
  }

  @Test
  void everyCallMayBeRepeated() throws Exception {
    PodSandboxConfig pod = pod("twice");
    String sandbox = runtime().runPodSandbox(pod, "");
    String id =
        runtime().createContainer(sandbox, container("twice", "app", "sleep 1000 & wait"), pod);
    runtime().startContainer(id);

    for (int i = 0; i < 2; i++) {
      runtime().stopContainer(id, Duration.ofSeconds(1));
    }
    for (int i = 0; i < 2; i++) {
      runtime().removeContainer(id);
    }
    for (int i = 0; i < 2; i++) {
      runtime().stopPodSandbox(sandbox);
    }
    assertThat(runtime().podSandboxStatus(sandbox).getState())
        .isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    for (int i = 0; i < 2; i++) {
      runtime().removePodSandbox(sandbox);
    }
    assertThat(runtime().listPodSandbox(Labels.ofPod("contract", "contract-twice"))).isEmpty();
  }

  @Test
  void stoppingASandboxEndsItsContainersAndRemovingItRemovesThem() throws Exception {
    PodSandboxConfig pod = pod("all");
    String sandbox = runtime().runPodSandbox(pod, "");
    String id =
        runtime().createContainer(sandbox, container("all", "app", "sleep 1000 & wait"), pod);
    runtime().startContainer(id);

    runtime().stopPodSandbox(sandbox);
    until(
        "the container has ended",
        () -> runtime().containerStatus(id).getState() == ContainerState.CONTAINER_EXITED);

    runtime().removePodSandbox(sandbox);
    assertThat(runtime().listContainers(Labels.ofPod("contract", "contract-all"))).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    String nobody = "0".repeat(64);
    assertThatThrownBy(() -> runtime().containerStatus(nobody))
        .isInstanceOfSatisfying(
            RuntimeFailure.class,
            e -> assertThat(e.kind()).isEqualTo(RuntimeFailure.Kind.NOT_FOUND));
    assertThatThrownBy(() -> runtime().podSandboxStatus(nobody))
        .isInstanceOfSatisfying(
            RuntimeFailure.class,
            e -> assertThat(e.kind()).isEqualTo(RuntimeFailure.Kind.NOT_FOUND));
    assertThat(runtime().imageStatus("localhost/nobody/has:this")).isNull();
  }

  @Test
  void aCommandRunsInARunningContainerOnly() throws Exception {
    PodSandboxConfig pod = pod("exec");
    String sandbox = runtime().runPodSandbox(pod, "");
    try {
      String id =
          runtime().createContainer(sandbox, container("exec", "app", "sleep 1000 & wait"), pod);
      runtime().startContainer(id);
      var answer =
          runtime()
              .execSync(id, java.util.List.of("/bin/sh", "-c", "exit 0"), Duration.ofSeconds(10));
      assertThat(answer.getExitCode()).isZero();

      runtime().stopContainer(id, Duration.ofSeconds(1));
      assertThatThrownBy(
              () -> runtime().execSync(id, java.util.List.of("/bin/true"), Duration.ofSeconds(10)))
          .isInstanceOf(RuntimeFailure.class);
    } finally {
      runtime().removePodSandbox(sandbox);
    }
  }

  @Test
  void aHostNetworkSandboxHasNoAddressOfItsOwn() throws Exception {
    PodSandboxConfig.Builder pod = pod("host").toBuilder().setHostname("");
    pod.getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    String id = runtime().runPodSandbox(pod.build(), "");
    try {
      assertThat(runtime().podSandboxStatus(id).getNetwork().getIp()).isEmpty();
      assertThat(runtime().listPodSandbox(Map.of(Labels.POD_UID, "contract-host"))).hasSize(1);
    } finally {
      runtime().removePodSandbox(id);
    }
  }
}
