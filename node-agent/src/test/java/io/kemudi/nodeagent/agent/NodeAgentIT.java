package io.kemudi.nodeagent.agent;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.nodeagent.podworker.Pods.container;
import static io.kemudi.nodeagent.podworker.Pods.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.Containerd;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.LogFile;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.time.SystemTimers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pods from the API onto a real containerd.
@Timeout(180)
class NodeAgentIT {
  private static Containerd containerd;

  @TempDir Path dir;

  private final SystemTimers timers = new SystemTimers();
  private final FakeApiClient api = new FakeApiClient();
  private SharedInformers informers;
  private NodeAgent agent;

  @BeforeAll
  static void startRuntime() throws Exception {
    containerd = Containerd.start();
  }

  @AfterAll
  static void stopRuntime() {
    if (containerd != null) {
      containerd.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    startAgent();
  }

  private void startAgent() throws Exception {
    api.patchWith((object, _) -> object); // only events are patched here, to count them
    informers = new SharedInformers(api, timers, 1);
    var config = NodeAgentConfig.plain("n1", dir, "192.0.2.1", "10.244.9.0/24");
    agent = new NodeAgent(config, api, informers, containerd.runtime(), timers);
    agent.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Pod pod : api.list(PODS, ListOptions.ALL).items()) {
      delete(pod.getMetadata().getName(), 0);
    }
    Eventually.until(
        "all pods are gone",
        () -> containerd.runtime().listPodSandbox(Labels.ofNode("n1")).isEmpty());
    agent.close();
    informers.close();
    timers.close();
  }

  private void create(String name, Consumer<Pod.Builder> more) {
    Pod.Builder pod = pod(name);
    more.accept(pod);
    api.create(PODS, pod.build(), WriteOptions.NONE);
  }

  private static Container shell(String script, Consumer<Container.Builder> more) {
    return container(
        "app",
        c -> {
          c.setImage(Containerd.IMAGE).addCommand("/bin/sh").addCommand("-c").addCommand(script);
          more.accept(c);
        });
  }

  private static Container shell(String script) {
    return shell(script, _ -> {});
  }

  private void delete(String name, long grace) {
    Pod.Builder dying = api.get(PODS, "default", name).toBuilder();
    dying.getMetadataBuilder().setDeletionGracePeriodSeconds(grace);
    dying.getMetadataBuilder().getDeletionTimestampBuilder().setSeconds(1);
    api.update(PODS, dying.build(), WriteOptions.NONE);
  }

  private Pod await(String name, Predicate<Pod> holds) throws Exception {
    Eventually.until(
        "pod " + name + " is as wanted; it is " + name,
        () -> holds.test(api.get(PODS, "default", name)));
    return api.get(PODS, "default", name);
  }

  private static ContainerStatus only(Pod pod) {
    return pod.getStatus().getContainerStatusesCount() == 0
        ? ContainerStatus.getDefaultInstance()
        : pod.getStatus().getContainerStatuses(0);
  }

  private static boolean running(Pod pod) {
    return pod.getStatus().getPhase().equals("Running") && only(pod).getState().hasRunning();
  }

  private String log(Pod pod, int attempt) {
    Path file =
        dir.resolve("logs")
            .resolve("default_" + pod.getMetadata().getName() + "_" + pod.getMetadata().getUid())
            .resolve("app/" + attempt + ".log");
    return LogFile.tail(file, 100, 10_000);
  }

  @Test
  void givesAPodItsEnvironmentItsVolumesAndItsName() throws Exception {
    var settings = ConfigMap.newBuilder().putData("color", "blue");
    settings.getMetadataBuilder().setNamespace("default").setName("settings");
    api.create(CONFIG_MAPS, settings.build(), WriteOptions.NONE);
    String script =
        "echo $GREETING from $(hostname) at $IP; cat /conf/color; echo; ls -ld /scratch;"
            + " grep -c $IP /etc/hosts; sleep 1000 & wait";
    create(
        "env",
        pod -> {
          pod.getSpecBuilder()
              .addContainers(
                  shell(
                      script,
                      c -> {
                        c.addEnvBuilder().setName("WHO").setValue("you");
                        c.addEnvBuilder().setName("GREETING").setValue("hello $(WHO)");
                        c.addEnvBuilder()
                            .setName("IP")
                            .getValueFromBuilder()
                            .getFieldRefBuilder()
                            .setFieldPath("status.podIP");
                        c.addVolumeMountsBuilder()
                            .setName("conf")
                            .setMountPath("/conf")
                            .setReadOnly(true);
                        c.addVolumeMountsBuilder().setName("tmp").setMountPath("/scratch");
                      }));
          pod.getSpecBuilder()
              .addVolumesBuilder()
              .setName("conf")
              .getVolumeSourceBuilder()
              .getConfigMapBuilder()
              .getLocalObjectReferenceBuilder()
              .setName("settings");
          pod.getSpecBuilder()
              .addVolumesBuilder()
              .setName("tmp")
              .getVolumeSourceBuilder()
              .getEmptyDirBuilder();
        });

    Pod pod = await("env", NodeAgentIT::running);
    Eventually.until("it has said all", () -> log(pod, 0).lines().count() >= 4);

    String ip = pod.getStatus().getPodIP();
    List<String> lines = log(pod, 0).lines().toList();
    assertThat(lines.get(0)).isEqualTo("hello you from env at " + ip);
    assertThat(lines.get(1)).isEqualTo("blue");
    assertThat(lines.get(2)).startsWith("drwxrwxrwx");
    assertThat(lines.get(3)).isEqualTo("1");
    assertThat(only(pod).getContainerID()).startsWith("containerd://");
  }

  @Test
  void restartsWhatEndsAndTellsItsLastWords() throws Exception {
    create(
        "flaky",
        pod ->
            pod.getSpecBuilder()
                .addContainers(
                    shell(
                        "echo -n sorry > /dev/termination-log; exit 7",
                        c -> c.setTerminationMessagePath("/dev/termination-log"))));

    Pod pod =
        await("flaky", p -> only(p).getState().getWaiting().getReason().equals("CrashLoopBackOff"));

    assertThat(only(pod).getRestartCount()).isEqualTo(1);
    assertThat(only(pod).getLastState().getTerminated().getExitCode()).isEqualTo(7);
    assertThat(only(pod).getLastState().getTerminated().getMessage()).isEqualTo("sorry");
    assertThat(api.list(EVENTS, ListOptions.in("default")).items())
        .extracting(e -> e.getReason())
        .contains("Created", "Started");
  }

  @Test
  void saysThatAContainerWasKilledForItsMemory() throws Exception {
    create(
        "greedy",
        pod ->
            pod.getSpecBuilder()
                .setRestartPolicy("Never")
                .addContainers(
                    shell(
                        "dd if=/dev/zero of=/dev/null bs=200M count=1",
                        c ->
                            c.getResourcesBuilder()
                                .putLimits("memory", Amounts.quantity("32Mi")))));

    Pod pod = await("greedy", p -> p.getStatus().getPhase().equals("Failed"));

    assertThat(only(pod).getState().getTerminated().getReason()).isEqualTo("OOMKilled");
    assertThat(only(pod).getState().getTerminated().getExitCode()).isEqualTo(137);
  }

  @Test
  void asksInsideTheContainerWhetherItIsReady() throws Exception {
    create(
        "probed",
        pod ->
            pod.getSpecBuilder()
                .addContainers(
                    shell(
                        "sleep 2; touch /tmp/ready; sleep 1000 & wait",
                        c ->
                            c.getReadinessProbeBuilder()
                                .setPeriodSeconds(1)
                                .setTimeoutSeconds(5)
                                .getHandlerBuilder()
                                .getExecBuilder()
                                .addAllCommand(List.of("ls", "/tmp/ready")))));

    Pod early = await("probed", NodeAgentIT::running);
    assertThat(only(early).getReady()).isFalse();
    Pod later = await("probed", p -> only(p).getReady());
    assertThat(only(later).getRestartCount()).isZero();
  }

  @Test
  void runsInitContainersFirstAndRefusesRootWhereItMust() throws Exception {
    create(
        "ordered",
        pod -> {
          pod.getSpecBuilder()
              .addInitContainers(shell("echo first", _ -> {}).toBuilder().setName("init").build());
          pod.getSpecBuilder()
              .addContainers(
                  shell("sleep 1000", c -> c.getSecurityContextBuilder().setRunAsNonRoot(true)));
        });

    Pod pod =
        await(
            "ordered",
            p -> only(p).getState().getWaiting().getReason().equals("CreateContainerConfigError"));

    assertThat(only(pod).getState().getWaiting().getMessage()).contains("image will run as root");
    assertThat(pod.getStatus().getInitContainerStatuses(0).getState().getTerminated().getReason())
        .isEqualTo("Completed");
  }

  @Test
  void letsAPodGoInPeace() throws Exception {
    create(
        "polite",
        pod ->
            pod.getSpecBuilder()
                .addContainers(
                    shell("trap 'echo bye; exit 0' TERM; while true; do sleep 0.1; done")));
    Pod pod = await("polite", NodeAgentIT::running);
    Path logs = dir.resolve("logs").resolve("default_polite_" + pod.getMetadata().getUid());

    delete("polite", 30);

    Eventually.until("the API forgets it", () -> api.list(PODS, ListOptions.ALL).items().isEmpty());
    Eventually.until("its files are gone", () -> !Files.exists(logs));
    assertThat(containerd.runtime().listContainers(Labels.ofNode("n1"))).isEmpty();
  }

  @Test
  void anAgentThatComesBackRestartsNothing() throws Exception {
    create("kept", pod -> pod.getSpecBuilder().addContainers(shell("sleep 1000 & wait")));
    Pod before = await("kept", NodeAgentIT::running);

    agent.close();
    informers.close();
    startAgent();
    Eventually.until("the agent is ready", agent::ready);
    // A second pod that runs shows that the new agent has taken up its work.
    create("new", pod -> pod.getSpecBuilder().addContainers(shell("sleep 1000 & wait")));
    await("new", NodeAgentIT::running);

    Pod after = api.get(PODS, "default", "kept");
    assertThat(only(after).getContainerID()).isEqualTo(only(before).getContainerID());
    assertThat(containerd.runtime().listContainers(Map.of(Labels.POD_NAME, "kept"))).hasSize(1);
  }
}
