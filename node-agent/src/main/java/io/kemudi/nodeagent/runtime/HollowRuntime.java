package io.kemudi.nodeagent.runtime;

import com.google.protobuf.ByteString;
import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerAttributes;
import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.cri.v1.FilesystemUsage;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxNetworkStatus;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.cri.v1.RuntimeCondition;
import io.kemudi.cri.v1.RuntimeStatus;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.cri.v1.VersionResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A runtime without processes: sandboxes have addresses, containers run from the moment they are
/// started, and every image is here. For simulations, benchmarks and tests of what lies above.
///
/// A container ends when it is stopped, when a test says so ([#exit]), at once with 0 when it is an
/// init container, and after the time in the pod's annotation `hollow.kemudi.io/run-for` (such as
/// `PT5S`) with the code in `hollow.kemudi.io/exit-code`.
public final class HollowRuntime implements Runtime {
  public static final String RUN_FOR = "hollow.kemudi.io/run-for";
  public static final String EXIT_CODE = "hollow.kemudi.io/exit-code";

  private final InstantSource clock;
  // By id, in the order of making. All guarded by this.
  private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
  private final Map<String, Hollow> containers = new LinkedHashMap<>();
  private final Map<String, Image> images = new TreeMap<>();
  private final TreeSet<Integer> freedHosts = new TreeSet<>();
  private final Map<String, RuntimeFailure> failures = new LinkedHashMap<>();
  private Cidr podCidr = Cidr.parse("10.244.0.0/24");
  private int nextHost = 2; // .0 is the range, .1 the bridge
  private long sequence;

  public HollowRuntime(InstantSource clock) {
    this.clock = clock;
  }

  /// Ends a container as if its process had.
  public synchronized void exit(String containerId, int exitCode) {
    end(existing(containerId), exitCode, exitCode == 0 ? "Completed" : "Error");
  }

  /// Makes the next calls of `operation` (CRI's name) fail, until told null.
  public synchronized void fail(String operation, @Nullable RuntimeFailure with) {
    if (with == null) {
      failures.remove(operation);
    } else {
      failures.put(operation, with);
    }
  }

  private void mayFail(String operation) {
    RuntimeFailure failure = failures.get(operation);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public VersionResponse version() {
    return VersionResponse.newBuilder()
        .setVersion("0.1.0")
        .setRuntimeName("hollow")
        .setRuntimeVersion("1.0.0")
        .setRuntimeApiVersion("v1")
        .build();
  }

  @Override
  public synchronized StatusResponse status() {
    mayFail("Status");
    return StatusResponse.newBuilder()
        .setStatus(
            RuntimeStatus.newBuilder()
                .addConditions(
                    RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(true))
                .addConditions(
                    RuntimeCondition.newBuilder().setType("NetworkReady").setStatus(true)))
        .build();
  }

  @Override
  public boolean usesSystemdCgroups() {
    return false;
  }

  @Override
  public synchronized void updatePodCidr(String cidr) {
    podCidr = Cidr.parse(cidr);
  }

  @Override
  public synchronized String runPodSandbox(PodSandboxConfig config, String handler) {
    mayFail("RunPodSandbox");
    boolean hostNetwork =
        config.getLinux().getSecurityContext().getNamespaceOptions().getNetwork()
            == NamespaceMode.NODE;
    Integer host = hostNetwork ? null : takeHost();
    String id = newId();
    sandboxes.put(id, new Sandbox(id, config, handler, nowNs(), host));
    return id;
  }

  private int takeHost() {
    Integer freed = freedHosts.pollFirst();
    if (freed != null) {
      return freed;
    }
    if (nextHost >= podCidr.hosts()) {
      throw new RuntimeFailure(
          RuntimeFailure.Kind.FAILED, "no addresses left in the pod range " + podCidr.text());
    }
    return nextHost++;
  }

  @Override
  public synchronized void stopPodSandbox(String id) {
    mayFail("StopPodSandbox");
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null || !sandbox.ready) {
      return;
    }
    containersOf(id).forEach(c -> end(c, 137, "Error"));
    sandbox.ready = false;
    if (sandbox.host != null) {
      freedHosts.add(sandbox.host);
    }
  }

  @Override
  public synchronized void removePodSandbox(String id) {
    mayFail("RemovePodSandbox");
    stopPodSandbox(id);
    containersOf(id).forEach(c -> containers.remove(c.id));
    sandboxes.remove(id);
  }

  private List<Hollow> containersOf(String sandboxId) {
    return new ArrayList<>(
        containers.values().stream().filter(c -> c.sandboxId.equals(sandboxId)).toList());
  }

  @Override
  public synchronized PodSandboxStatus podSandboxStatus(String id) {
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null) {
      throw notFound("sandbox", id);
    }
    var status =
        PodSandboxStatus.newBuilder()
            .setId(id)
            .setMetadata(sandbox.config.getMetadata())
            .setState(sandbox.state())
            .setCreatedAt(sandbox.createdNs)
            .putAllLabels(sandbox.config.getLabelsMap())
            .putAllAnnotations(sandbox.config.getAnnotationsMap())
            .setRuntimeHandler(sandbox.handler);
    if (sandbox.host != null && sandbox.ready) {
      status.setNetwork(PodSandboxNetworkStatus.newBuilder().setIp(podCidr.address(sandbox.host)));
    }
    return status.build();
  }

  @Override
  public synchronized List<PodSandbox> listPodSandbox(Map<String, String> labels) {
    mayFail("ListPodSandbox");
    return sandboxes.values().stream()
        .filter(s -> has(s.config.getLabelsMap(), labels))
        .map(s ->
            PodSandbox.newBuilder()
                .setId(s.id)
                .setMetadata(s.config.getMetadata())
                .setState(s.state())
                .setCreatedAt(s.createdNs)
                .putAllLabels(s.config.getLabelsMap())
                .putAllAnnotations(s.config.getAnnotationsMap())
                .setRuntimeHandler(s.handler)
                .build())
        .toList();
  }

  @Override
  public synchronized String createContainer(
      String sandboxId, ContainerConfig config, PodSandboxConfig sandbox) {
    mayFail("CreateContainer");
    Sandbox home = sandboxes.get(sandboxId);
    if (home == null) {
      throw notFound("sandbox", sandboxId);
    }
    if (!home.ready) {
      throw new RuntimeFailure(
          RuntimeFailure.Kind.FAILED, "sandbox \"" + sandboxId + "\" is not running");
    }
    String id = newId();
    containers.put(id, new Hollow(id, sandboxId, config, nowNs()));
    return id;
  }

  @Override
  public synchronized void startContainer(String id) {
    mayFail("StartContainer");
    Hollow container = existing(id);
    if (container.startedNs != 0) {
      throw new RuntimeFailure(
          RuntimeFailure.Kind.FAILED, "container \"" + id + "\" is not in created state");
    }
    container.startedNs = nowNs();
    if ("init".equals(container.config.getAnnotationsMap().get(Labels.ROLE))) {
      end(container, 0, "Completed");
    }
  }

  @Override
  public synchronized void stopContainer(String id, Duration grace) {
    mayFail("StopContainer");
    Hollow container = containers.get(id);
    if (container != null) {
      settle(container);
      end(container, 143, "Error"); // ended by SIGTERM
    }
  }

  @Override
  public synchronized void removeContainer(String id) {
    containers.remove(id);
  }

  @Override
  public synchronized List<Container> listContainers(Map<String, String> labels) {
    mayFail("ListContainers");
    return containers.values().stream()
        .filter(c -> has(c.config.getLabelsMap(), labels))
        .map(c -> {
          settle(c);
          return Container.newBuilder()
              .setId(c.id)
              .setPodSandboxId(c.sandboxId)
              .setMetadata(c.config.getMetadata())
              .setImage(c.config.getImage())
              .setImageRef(c.config.getImage().getImage())
              .setState(c.state())
              .setCreatedAt(c.createdNs)
              .putAllLabels(c.config.getLabelsMap())
              .putAllAnnotations(c.config.getAnnotationsMap())
              .build();
        })
        .toList();
  }

  @Override
  public synchronized ContainerStatus containerStatus(String id) {
    Hollow container = existing(id);
    settle(container);
    return ContainerStatus.newBuilder()
        .setId(id)
        .setMetadata(container.config.getMetadata())
        .setState(container.state())
        .setCreatedAt(container.createdNs)
        .setStartedAt(container.startedNs)
        .setFinishedAt(container.finishedNs)
        .setExitCode(container.exitCode)
        .setReason(container.reason)
        .setImage(container.config.getImage())
        .setImageRef(container.config.getImage().getImage())
        .putAllLabels(container.config.getLabelsMap())
        .putAllAnnotations(container.config.getAnnotationsMap())
        .setLogPath(container.config.getLogPath())
        .build();
  }

  /// Ends a container whose time has come, at that time.
  private void settle(Hollow container) {
    Sandbox sandbox = sandboxes.get(container.sandboxId);
    if (sandbox == null || container.state() != ContainerState.CONTAINER_RUNNING) {
      return;
    }
    String runFor = sandbox.config.getAnnotationsMap().get(RUN_FOR);
    if (runFor == null) {
      return;
    }
    long dueNs = container.startedNs + Duration.parse(runFor).toNanos();
    if (nowNs() >= dueNs) {
      String code = sandbox.config.getAnnotationsOrDefault(EXIT_CODE, "0");
      end(container, Integer.parseInt(code), code.equals("0") ? "Completed" : "Error");
      container.finishedNs = dueNs;
    }
  }

  private void end(Hollow container, int exitCode, String reason) {
    if (container.finishedNs == 0) {
      container.finishedNs = Math.max(nowNs(), 1);
      container.exitCode = exitCode;
      container.reason = reason;
    }
  }

  @Override
  public synchronized void updateContainerResources(String id, LinuxContainerResources resources) {
    existing(id);
  }

  @Override
  public synchronized void reopenContainerLog(String id) {
    existing(id);
  }

  @Override
  public synchronized List<ContainerStats> listContainerStats(Map<String, String> labels) {
    return containers.values().stream()
        .filter(c -> has(c.config.getLabelsMap(), labels))
        .map(c ->
            ContainerStats.newBuilder()
                .setAttributes(
                    ContainerAttributes.newBuilder()
                        .setId(c.id)
                        .setMetadata(c.config.getMetadata())
                        .putAllLabels(c.config.getLabelsMap()))
                .build())
        .toList();
  }

  @Override
  public synchronized ExecSyncResponse execSync(String id, List<String> command, Duration limit) {
    mayFail("ExecSync");
    Hollow container = existing(id);
    settle(container);
    if (container.state() != ContainerState.CONTAINER_RUNNING) {
      throw new RuntimeFailure(
          RuntimeFailure.Kind.FAILED, "container \"" + id + "\" is not running");
    }
    return ExecSyncResponse.newBuilder().setStdout(ByteString.EMPTY).build();
  }

  @Override
  public String exec(ExecRequest request) {
    throw noStreams();
  }

  @Override
  public String attach(AttachRequest request) {
    throw noStreams();
  }

  @Override
  public String portForward(PortForwardRequest request) {
    throw noStreams();
  }

  private static RuntimeFailure noStreams() {
    return new RuntimeFailure(
        RuntimeFailure.Kind.UNIMPLEMENTED,
        "this node is hollow: no process runs in its containers");
  }

  @Override
  public synchronized List<Image> listImages() {
    return List.copyOf(images.values());
  }

  @Override
  public synchronized @Nullable Image imageStatus(String reference) {
    return images.get(reference);
  }

  @Override
  public synchronized String pullImage(
      String reference, @Nullable AuthConfig auth, PodSandboxConfig sandbox) {
    mayFail("PullImage");
    images.put(
        reference,
        Image.newBuilder()
            .setId(reference)
            .addRepoTags(reference)
            .setSpec(ImageSpec.newBuilder().setImage(reference))
            .build());
    return reference;
  }

  @Override
  public synchronized void removeImage(String reference) {
    images.remove(reference);
  }

  @Override
  public List<FilesystemUsage> imageFilesystems() {
    return List.of();
  }

  @Override
  public void close() {}

  private String newId() {
    return "%064x".formatted(++sequence);
  }

  private long nowNs() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private Hollow existing(String id) {
    Hollow container = containers.get(id);
    if (container == null) {
      throw notFound("container", id);
    }
    return container;
  }

  private static RuntimeFailure notFound(String what, String id) {
    return new RuntimeFailure(
        RuntimeFailure.Kind.NOT_FOUND,
        "an error occurred when try to find " + what + " \"" + id + "\": not found");
  }

  private static boolean has(Map<String, String> labels, Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }

  private static final class Sandbox {
    final String id;
    final PodSandboxConfig config;
    final String handler;
    final long createdNs;
    final @Nullable Integer host;
    boolean ready = true;

    Sandbox(
        String id,
        PodSandboxConfig config,
        String handler,
        long createdNs,
        @Nullable Integer host) {
      this.id = id;
      this.config = config;
      this.handler = handler;
      this.createdNs = createdNs;
      this.host = host;
    }

    PodSandboxState state() {
      return ready ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
    }
  }

  private static final class Hollow {
    final String id;
    final String sandboxId;
    final ContainerConfig config;
    final long createdNs;
    long startedNs;
    long finishedNs;
    int exitCode;
    String reason = "";

    Hollow(String id, String sandboxId, ContainerConfig config, long createdNs) {
      this.id = id;
      this.sandboxId = sandboxId;
      this.config = config;
      this.createdNs = createdNs;
    }

    ContainerState state() {
      if (finishedNs != 0) {
        return ContainerState.CONTAINER_EXITED;
      }
      return startedNs == 0 ? ContainerState.CONTAINER_CREATED : ContainerState.CONTAINER_RUNNING;
    }
  }
}
