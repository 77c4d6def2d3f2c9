package io.kemudi.nodeagent.podworker;

import static io.kemudi.nodeagent.podworker.Pods.container;
import static io.kemudi.nodeagent.podworker.Pods.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.core.v1.PodStatus;
import io.kemudi.kubernetes.core.v1.Probe;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.probe.ProbeResult;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.PodConditions;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.ServiceAccountTokens;
import io.kemudi.nodeagent.volume.VolumeDirectories;
import io.kemudi.nodeagent.volume.VolumeMounts;
import io.kemudi.time.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodWorkerTest {
  @TempDir Path dir;

  private final ManualTime time = new ManualTime();
  private final HollowRuntime runtime = new HollowRuntime(time);
  private final FixedReferences references = new FixedReferences();
  private final List<String> events = new ArrayList<>();
  private final List<PodStatus> written = new ArrayList<>();
  private final List<String> finished = new ArrayList<>();
  private ProbeResult answer = ProbeResult.SUCCESS;
  private PodServices services;

  @BeforeEach
  void setUp() throws Exception {
    Files.writeString(dir.resolve("resolv.conf"), "nameserver 192.0.2.53\nsearch example.org\n");
    var directories = new VolumeDirectories(dir.resolve("data"), dir.resolve("memory"));
    var tokens = new ServiceAccountTokens(references, time);
    var node =
        new NodeFacts(
            "n1",
            List.of("192.0.2.1"),
            List.of("10.96.0.10"),
            "cluster.local",
            dir.resolve("logs"),
            8L << 30,
            dir.resolve("resolv.conf"));
    services =
        new PodServices(
            node,
            runtime,
            "hollow",
            time,
            Runnable::run,
            directories,
            new PodVolumes(directories, VolumeMounts.NONE, references, tokens, Map::of, 0),
            tokens,
            references,
            PodCgroups.none(),
            (_, _, _) -> answer,
            (_, _, _, reason, message) -> events.add(reason + ": " + message),
            new Recorded(),
            new Semaphore(1),
            (_, _) -> List.of(),
            Map::of,
            _ -> "");
  }

  private final class Recorded implements StatusSink {
    @Override
    public void write(Pod pod, PodStatus status) {
      written.add(status);
    }

    @Override
    public void finished(Pod pod, PodStatus status) {
      written.add(status);
      finished.add(pod.getMetadata().getName());
    }
  }

  private PodStatus last() {
    return written.getLast();
  }

  private ContainerStatus status(String container) {
    var all = new ArrayList<>(last().getContainerStatusesList());
    all.addAll(last().getInitContainerStatusesList());
    return all.stream().filter(c -> c.getName().equals(container)).findFirst().orElseThrow();
  }

  private PodCondition condition(String type) {
    PodCondition found = PodConditions.find(last().getConditionsList(), type);
    return found == null ? PodCondition.getDefaultInstance() : found;
  }

  private List<Container> running(String name) {
    return runtime.listContainers(Map.of(Labels.CONTAINER_NAME, name)).stream()
        .filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING)
        .toList();
  }

  private void end(String container, int exitCode) {
    runtime.exit(running(container).getFirst().getId(), exitCode);
  }

  @Test
  void startsAPodAndSaysSo() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));

    new PodWorker(services, pod.build()).sync();

    assertThat(last().getPhase()).isEqualTo("Running");
    assertThat(last().getPodIP()).startsWith("10.244.0.");
    assertThat(last().getHostIP()).isEqualTo("192.0.2.1");
    assertThat(last().getQosClass()).isEqualTo("BestEffort");
    assertThat(condition("Ready").getStatus()).isEqualTo("True");
    assertThat(condition("PodReadyToStartContainers").getStatus()).isEqualTo("True");
    assertThat(status("app").getReady()).isTrue();
    assertThat(status("app").getContainerID()).startsWith("hollow://");
    assertThat(events)
        .containsExactly(
            "Pulling: Pulling image \"registry/app:1\"",
            "Pulled: Successfully pulled image \"registry/app:1\" in 0ms. Image size: 0 bytes.",
            "Created: Created container: app",
            "Started: Started container app");
  }

  @Test
  void waitsLongerAndLongerBeforeRestarting() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    end("app", 1);
    worker.sync(); // the first time at once
    assertThat(status("app").getRestartCount()).isEqualTo(1);
    assertThat(status("app").getLastState().getTerminated().getExitCode()).isEqualTo(1);

    end("app", 1);
    Duration next = worker.sync();
    assertThat(running("app")).isEmpty();
    assertThat(status("app").getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
    assertThat(status("app").getState().getWaiting().getMessage())
        .isEqualTo("back-off 10s restarting failed container=app pod=web_default(uid-web)");
    assertThat(last().getPhase()).isEqualTo("Running");
    assertThat(condition("Ready").getStatus()).isEqualTo("False");
    assertThat(next).isEqualTo(Duration.ofSeconds(10));

    time.advance(next);
    worker.sync();
    assertThat(status("app").getRestartCount()).isEqualTo(2);
    end("app", 1);
    assertThat(worker.sync()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void keepsOnlyTheLastEndedAttempt() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    for (int i = 0; i < 3; i++) {
      end("app", 1);
      time.advance(Duration.ofMinutes(6));
      worker.sync();
    }

    assertThat(runtime.listContainers(Map.of())).hasSize(2);
  }

  @Test
  void runsInitContainersOneAfterTheOtherThenTheRest() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder()
        .addInitContainers(container("first"))
        .addInitContainers(container("second"))
        .addContainers(container("app"));

    new PodWorker(services, pod.build()).sync();

    assertThat(events.stream().filter(e -> e.startsWith("Started")))
        .containsExactly(
            "Started: Started container first",
            "Started: Started container second",
            "Started: Started container app");
    assertThat(condition("Initialized").getStatus()).isEqualTo("True");
    assertThat(status("first").getState().getTerminated().getReason()).isEqualTo("Completed");
    assertThat(status("first").getReady()).isTrue();
  }

  @Test
  void doesNotStartTheRestBeforeASidecarHasStarted() throws Exception {
    answer = ProbeResult.failure("not yet");
    var startup = Probe.newBuilder().setPeriodSeconds(1).setFailureThreshold(30);
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder()
        .addInitContainers(
            container("side", c -> c.setRestartPolicy("Always").setStartupProbe(startup)))
        .addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    assertThat(running("side")).hasSize(1);
    assertThat(running("app")).isEmpty();
    assertThat(last().getPhase()).isEqualTo("Pending");
    assertThat(status("app").getState().getWaiting().getReason()).isEqualTo("PodInitializing");

    answer = ProbeResult.SUCCESS;
    time.advance(Duration.ofSeconds(2));
    worker.sync();

    assertThat(running("app")).hasSize(1);
    assertThat(status("side").getReady()).isTrue();
  }

  @Test
  void failsAPodThatMayNotRestart() throws Exception {
    Pod.Builder pod = pod("job");
    pod.getSpecBuilder().setRestartPolicy("Never").addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    end("app", 3);
    worker.sync();

    assertThat(last().getPhase()).isEqualTo("Failed");
    assertThat(status("app").getState().getTerminated().getExitCode()).isEqualTo(3);
    assertThat(condition("Ready").getReason()).isEqualTo("PodFailed");
    worker.sync();
    assertThat(runtime.listContainers(Map.of())).hasSize(1);
  }

  @Test
  void succeedsWhenAllContainersHaveAndStopsSidecars() throws Exception {
    Pod.Builder pod = pod("job");
    pod.getSpecBuilder()
        .setRestartPolicy("OnFailure")
        .addInitContainers(container("side", c -> c.setRestartPolicy("Always")))
        .addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    end("app", 0);
    worker.sync();

    assertThat(running("side")).isEmpty();
    assertThat(last().getPhase()).isEqualTo("Succeeded");
  }

  @Test
  void restartsAContainerThatItsLivenessProbeGaveUp() throws Exception {
    var liveness = Probe.newBuilder().setPeriodSeconds(1).setFailureThreshold(2);
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app", c -> c.setLivenessProbe(liveness)));
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    String first = running("app").getFirst().getId();

    answer = ProbeResult.failure("no");
    time.advance(Duration.ofSeconds(5));
    worker.sync();

    assertThat(running("app")).hasSize(1);
    assertThat(running("app").getFirst().getId()).isNotEqualTo(first);
    assertThat(events)
        .contains(
            "Unhealthy: Liveness probe failed: no",
            "Killing: Container app failed liveness probe, will be restarted");
    assertThat(status("app").getRestartCount()).isEqualTo(1);
  }

  @Test
  void isReadyOnlyWhileTheReadinessProbePasses() throws Exception {
    answer = ProbeResult.failure("warming up");
    var readiness = Probe.newBuilder().setPeriodSeconds(1).setFailureThreshold(1);
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app", c -> c.setReadinessProbe(readiness)));
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    assertThat(condition("Ready").getStatus()).isEqualTo("False");
    assertThat(last().getPhase()).isEqualTo("Running");

    answer = ProbeResult.SUCCESS;
    time.advance(Duration.ofSeconds(2));
    worker.sync();
    assertThat(condition("Ready").getStatus()).isEqualTo("True");

    answer = ProbeResult.failure("busy");
    time.advance(Duration.ofSeconds(2));
    worker.sync();
    assertThat(condition("Ready").getStatus()).isEqualTo("False");
    assertThat(running("app")).hasSize(1);
  }

  @Test
  void takesOverWhatAnEarlierAgentStarted() throws Exception {
    var readiness = Probe.newBuilder().setPeriodSeconds(1000);
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app", c -> c.setReadinessProbe(readiness)));
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    time.advance(Duration.ofSeconds(1));
    worker.sync();
    String id = running("app").getFirst().getId();
    int eventsBefore = events.size();

    answer = ProbeResult.unknown("nobody asks");
    new PodWorker(services, pod.setStatus(last()).build()).sync();

    assertThat(running("app").getFirst().getId()).isEqualTo(id);
    assertThat(events).hasSize(eventsBefore);
    assertThat(condition("Ready").getStatus()).isEqualTo("True");
  }

  @Test
  void restartsAContainerWhoseImageChanged() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    pod.getSpecBuilder().getContainersBuilder(0).setImage("registry/app:2");
    worker.update(pod.build());
    worker.sync();

    assertThat(running("app").getFirst().getImage().getImage()).isEqualTo("registry/app:2");
    assertThat(events).contains("Killing: Container app definition changed, will be restarted");
  }

  @Test
  void backsOffFromAnImageThatCannotBePulled() throws Exception {
    runtime.fail("PullImage", new RuntimeFailure(RuntimeFailure.Kind.FAILED, "manifest unknown"));
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());

    worker.sync();
    assertThat(status("app").getState().getWaiting().getReason()).isEqualTo("ErrImagePull");
    assertThat(last().getPhase()).isEqualTo("Pending");
    worker.sync();
    assertThat(status("app").getState().getWaiting().getReason()).isEqualTo("ImagePullBackOff");

    runtime.fail("PullImage", null);
    time.advance(Duration.ofSeconds(11));
    worker.sync();
    assertThat(running("app")).hasSize(1);
  }

  @Test
  void namesAnImageThatIsNone() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app", c -> c.setImage("Not An Image")));

    new PodWorker(services, pod.build()).sync();

    assertThat(status("app").getState().getWaiting().getReason()).isEqualTo("InvalidImageName");
  }

  @Test
  void waitsForAVolumeThatIsMissing() throws Exception {
    Pod.Builder pod = pod("web");
    var volume = pod.getSpecBuilder().addContainers(container("app")).addVolumesBuilder();
    volume
        .setName("conf")
        .getVolumeSourceBuilder()
        .getConfigMapBuilder()
        .getLocalObjectReferenceBuilder()
        .setName("settings");
    var worker = new PodWorker(services, pod.build());

    worker.sync();
    assertThat(runtime.listPodSandbox(Map.of())).isEmpty();
    assertThat(events)
        .containsExactly(
            "FailedMount: MountVolume.SetUp failed for volume \"conf\" : configmap \"settings\" not found");

    references.putConfigMap("settings", Map.of("a", "b"));
    worker.sync();
    assertThat(running("app")).hasSize(1);
    assertThat(dir.resolve("data/pods/uid-web/volumes/kubernetes.io~configmap/conf/a"))
        .hasContent("b");
  }

  @Test
  void namesWhatItDoesNotSupport() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder()
        .addContainers(
            container(
                "app",
                c ->
                    c.getSecurityContextBuilder().getSeccompProfileBuilder().setType("Localhost")));

    new PodWorker(services, pod.build()).sync();

    var waiting = status("app").getState().getWaiting();
    assertThat(waiting.getReason()).isEqualTo("CreateContainerConfigError");
    assertThat(waiting.getMessage())
        .isEqualTo("this node does not support securityContext.seccompProfile.type: Localhost");
  }

  @Test
  void stopsADeletedPodThenLetsTheApiForgetItThenClearsAway() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    pod.getSpecBuilder()
        .addVolumesBuilder()
        .setName("tmp")
        .getVolumeSourceBuilder()
        .getEmptyDirBuilder();
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    assertThat(dir.resolve("data/pods/uid-web")).exists();

    pod.getMetadataBuilder().setDeletionGracePeriodSeconds(5);
    pod.getMetadataBuilder().getDeletionTimestampBuilder().setSeconds(1);
    worker.update(pod.build());
    worker.sync();

    assertThat(running("app")).isEmpty();
    assertThat(finished).containsExactly("web");
    assertThat(status("app").getState().getTerminated().getExitCode()).isEqualTo(143);
    assertThat(condition("Ready").getStatus()).isEqualTo("False");
    worker.sync();
    assertThat(finished).hasSize(1);

    worker.gone();
    worker.sync();
    assertThat(worker.ended()).isTrue();
    assertThat(runtime.listPodSandbox(Map.of())).isEmpty();
    assertThat(dir.resolve("data/pods/uid-web")).doesNotExist();
    assertThat(dir.resolve("logs")).isEmptyDirectory();
  }

  @Test
  void stopsAPodThatTheApiForgotAtOnce() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    worker.gone();
    worker.sync();

    assertThat(finished).isEmpty();
    assertThat(runtime.listContainers(Map.of())).isEmpty();
    assertThat(worker.ended()).isTrue();
  }

  @Test
  void givesUpAPodPastItsDeadline() throws Exception {
    Pod.Builder pod = pod("job");
    pod.getSpecBuilder().setActiveDeadlineSeconds(60).addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    time.advance(Duration.ofSeconds(61));
    worker.sync();

    assertThat(last().getPhase()).isEqualTo("Failed");
    assertThat(last().getReason()).isEqualTo("DeadlineExceeded");
    assertThat(running("app")).isEmpty();
  }

  @Test
  void startsAllAnewInANewSandboxWhenTheOldOneDied() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addInitContainers(container("init")).addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();

    runtime.stopPodSandbox(runtime.listPodSandbox(Map.of()).getFirst().getId());
    worker.sync();

    assertThat(running("app")).hasSize(1);
    assertThat(status("app").getRestartCount()).isEqualTo(1);
    assertThat(status("init").getRestartCount()).isEqualTo(1);
    assertThat(last().getPhase()).isEqualTo("Running");
  }

  @Test
  void writesNothingWhenNothingChanged() throws Exception {
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    var worker = new PodWorker(services, pod.build());
    worker.sync();
    var since = condition("Ready").getLastTransitionTime();
    int writes = written.size();

    time.advance(Duration.ofMinutes(5));
    worker.update(pod.setStatus(last()).build());
    worker.sync();

    assertThat(written).hasSize(writes);
    assertThat(condition("Ready").getLastTransitionTime()).isEqualTo(since);
  }
}
