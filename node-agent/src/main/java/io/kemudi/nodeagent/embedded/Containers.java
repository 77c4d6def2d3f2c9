package io.kemudi.nodeagent.embedded;

import io.grpc.Status;
import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerEventResponse;
import io.kemudi.cri.v1.ContainerEventType;
import io.kemudi.cri.v1.ContainerResources;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.ContainerUser;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.LinuxContainerUser;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.nodeagent.embedded.image.ImageStore;
import io.kemudi.nodeagent.embedded.image.StoredImage;
import io.kemudi.nodeagent.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All containers of the node and their life: created, running, exited, removed. Thread-safe; calls
/// on one container exclude each other while they change it.
final class Containers {
  private static final Logger LOG = LoggerFactory.getLogger(Containers.class);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(20);

  private final Path root;
  private final Path state;
  private final Sandboxes sandboxes;
  private final ImageStore images;
  private final ContainerSpecs specs;
  private final ContainerLauncher launcher;
  private final PodNetwork network;
  private final RuntimeEvents events;
  private final InstantSource clock;
  private final Map<String, Container> containers = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Containers(
      Path root,
      Path state,
      Sandboxes sandboxes,
      ImageStore images,
      ContainerSpecs specs,
      ContainerLauncher launcher,
      PodNetwork network,
      RuntimeEvents events,
      InstantSource clock) {
    this.root = root;
    this.state = state;
    this.sandboxes = sandboxes;
    this.images = images;
    this.specs = specs;
    this.launcher = launcher;
    this.network = network;
    this.events = events;
    this.clock = clock;
  }

  /// Finds the containers of an earlier life and takes over those that still run.
  void load() throws IOException {
    Files.createDirectories(root);
    Files.createDirectories(state);
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.toList()) {
        String id = folder.getFileName().toString();
        try {
          Sandbox sandbox =
              sandboxes
                  .find(Files.readString(folder.resolve("sandbox")))
                  .orElseThrow(() -> new IOException("its sandbox is gone"));
          Container container = Container.read(sandbox, folder, state.resolve(id));
          containers.put(id, container);
          adopt(container);
        } catch (IOException e) {
          LOG.warn("container record {} is incomplete and removed: {}", folder, e.toString());
          Records.deleteTree(folder);
        }
      }
    }
  }

  /// Lets go of all running containers, which go on.
  void leave() {
    closed = true;
    for (Container container : containers.values()) {
      Supervision supervision = container.supervision();
      if (container.isRunning() && supervision != null) {
        try {
          supervision.leave();
        } catch (IOException e) {
          LOG.warn("container {}: its last output is lost", container.id(), e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private void adopt(Container container) throws IOException {
    if (!container.isRunning()) {
      return;
    }
    Optional<Supervision> supervision = Supervision.adopt(container, clock);
    if (supervision.isPresent()) {
      LOG.info("container {} goes on running", container.id());
      watch(container, supervision.get());
    } else {
      exited(container, Supervision.exit(container.bundle(), clock));
    }
  }

  List<Container> list() {
    return List.copyOf(containers.values());
  }

  List<Container> of(Sandbox sandbox) {
    return containers.values().stream().filter(c -> c.sandbox() == sandbox).toList();
  }

  Optional<Container> find(String id) {
    return Optional.ofNullable(containers.get(id));
  }

  Container get(String id) {
    return find(id)
        .orElseThrow(
            () -> Status.NOT_FOUND.withDescription("no container " + id).asRuntimeException());
  }

  Container running(String id) {
    Container container = get(id);
    if (!container.isRunning()) {
      throw Status.FAILED_PRECONDITION
          .withDescription("container " + id + " is not running")
          .asRuntimeException();
    }
    return container;
  }

  ContainerLauncher launcher() {
    return launcher;
  }

  /// The layers under containers, which must stay even if their image goes.
  Set<String> layersInUse() {
    Set<String> layers = new HashSet<>();
    for (Container container : containers.values()) {
      images
          .find(container.status().getImageId())
          .ifPresent(image -> layers.addAll(image.layers()));
    }
    return layers;
  }

  Container create(Sandbox sandbox, ContainerConfig config) throws IOException {
    if (!sandbox.isReady()) {
      throw Status.FAILED_PRECONDITION
          .withDescription("pod sandbox " + sandbox.id() + " is not ready")
          .asRuntimeException();
    }
    StoredImage image =
        images
            .find(config.getImage().getImage())
            .orElseThrow(() ->
                Status.NOT_FOUND
                    .withDescription("no image " + config.getImage().getImage() + " here")
                    .asRuntimeException());
    String id = sandboxes.newId();
    Container container =
        new Container(
            sandbox,
            config,
            root.resolve(id),
            state.resolve(id),
            firstStatus(id, sandbox, config, image));
    Files.createDirectories(container.folder());
    Files.createDirectories(container.bundle());
    try {
      ContainerSpec spec = specs.of(container, image, targetPid(config));
      Files.writeString(container.processFile(), spec.process().toJson().toString());
      if (spec.privileged()) {
        Files.createFile(container.bundle().resolve("privileged"));
      }
      launcher.prepare(spec);
      Supervision.prepare(spec, config.getStdin(), launcher.runCommand(spec));
      Files.writeString(container.folder().resolve("sandbox"), sandbox.id());
      container.update(
          container.status().toBuilder()
              .setUser(ContainerUser.newBuilder().setLinux(user(spec.process())))
              .build());
      container.save();
    } catch (IOException | RuntimeException e) {
      Records.deleteTree(container.folder());
      Records.deleteTree(container.bundle());
      throw e;
    }
    containers.put(id, container);
    publish(container, ContainerEventType.CONTAINER_CREATED_EVENT);
    return container;
  }

  private Optional<Path> targetPid(ContainerConfig config) {
    NamespaceOption namespaces = config.getLinux().getSecurityContext().getNamespaceOptions();
    return namespaces.getPid() == NamespaceMode.TARGET
        ? Optional.of(Path.of("/proc/" + running(namespaces.getTargetId()).pid() + "/ns/pid"))
        : Optional.empty();
  }

  private static LinuxContainerUser user(ContainerProcess process) {
    return LinuxContainerUser.newBuilder()
        .setUid(process.uid())
        .setGid(process.gid())
        .addAllSupplementalGroups(process.groups())
        .build();
  }

  private ContainerStatus firstStatus(
      String id, Sandbox sandbox, ContainerConfig config, StoredImage image) {
    String log = sandbox.config().getLogDirectory();
    return ContainerStatus.newBuilder()
        .setId(id)
        .setMetadata(config.getMetadata())
        .setState(ContainerState.CONTAINER_CREATED)
        .setCreatedAt(Clock.nanos(clock))
        .setImage(config.getImage())
        .setImageRef(image.digests().isEmpty() ? image.id() : image.digests().getFirst())
        .setImageId(image.id())
        .putAllLabels(config.getLabelsMap())
        .putAllAnnotations(config.getAnnotationsMap())
        .addAllMounts(config.getMountsList())
        .setLogPath(
            log.isEmpty() || config.getLogPath().isEmpty()
                ? ""
                : Path.of(log).resolve(config.getLogPath()).toString())
        .setResources(ContainerResources.newBuilder().setLinux(config.getLinux().getResources()))
        .setStopSignal(config.getStopSignal())
        .build();
  }

  void start(Container container) throws IOException {
    synchronized (container) {
      if (container.status().getState() != ContainerState.CONTAINER_CREATED) {
        throw Status.FAILED_PRECONDITION
            .withDescription("container " + container.id() + " is " + container.status().getState())
            .asRuntimeException();
      }
      Supervision supervision;
      try {
        container.cgroup().create();
        container.cgroup().apply(container.config().getLinux().getResources());
        supervision = Supervision.start(container, launcher, network.inNode(), clock);
      } catch (IOException e) {
        failed(container, e);
        throw Status.UNKNOWN
            .withDescription("failed to start container: " + e.getMessage())
            .asRuntimeException();
      }
      container.update(
          container.status().toBuilder()
              .setState(ContainerState.CONTAINER_RUNNING)
              .setStartedAt(Clock.nanos(clock))
              .build());
      publish(container, ContainerEventType.CONTAINER_STARTED_EVENT);
      watch(container, supervision);
    }
  }

  private void failed(Container container, IOException cause) throws IOException {
    String message = String.valueOf(cause.getMessage());
    container.update(
        container.status().toBuilder()
            .setState(ContainerState.CONTAINER_EXITED)
            .setFinishedAt(Clock.nanos(clock))
            .setExitCode(128)
            .setReason("StartError")
            .setMessage(message)
            .build());
    publish(container, ContainerEventType.CONTAINER_STOPPED_EVENT);
  }

  private void watch(Container container, Supervision supervision) {
    Thread.ofVirtual()
        .name("exit-" + container.id())
        .start(() -> {
          try {
            Supervision.Exit exit = supervision.awaitExit(clock);
            if (!closed) {
              exited(container, exit);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException | RuntimeException e) {
            LOG.error("container {}: its end is not recorded", container.id(), e);
          }
        });
  }

  private void exited(Container container, Supervision.Exit exit) throws IOException {
    // Where it had no pid namespace of its own, nothing took its other processes along; and where
    // only the shim was killed, the container itself still runs.
    killGroup(container);
    boolean outOfMemory = container.cgroup().oomKills() > 0 && exit.code() != 0;
    synchronized (container) {
      if (container.status().getState() == ContainerState.CONTAINER_EXITED) {
        return;
      }
      container.update(
          container.status().toBuilder()
              .setState(ContainerState.CONTAINER_EXITED)
              .setFinishedAt(Math.max(Clock.nanos(exit.at()), container.status().getStartedAt()))
              .setExitCode(exit.code())
              .setReason(outOfMemory ? "OOMKilled" : exit.reason())
              .build());
    }
    publish(container, ContainerEventType.CONTAINER_STOPPED_EVENT);
  }

  private static void killGroup(Container container) throws IOException {
    for (long pid : container.cgroup().processes()) {
      Posix.kill(pid, Posix.SIGKILL);
    }
  }

  /// Asks a running container to end and kills it when `grace` has passed. Idempotent.
  void stop(Container container, Duration grace) throws IOException {
    if (!container.isRunning()) {
      return;
    }
    try {
      if (!grace.isZero()) {
        String ofImage =
            images
                .find(container.status().getImageId())
                .map(i -> i.defaults().stopSignal())
                .orElse("");
        signal(container, Signals.stop(container.config().getStopSignal(), ofImage));
        if (container.ended().await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      signal(container, Posix.SIGKILL);
      if (!container.ended().await(2, TimeUnit.SECONDS)) {
        // Its first process may be gone while others keep the launcher waiting.
        killGroup(container);
      }
      if (!container.ended().await(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("container " + container.id() + " does not end after a kill");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping container " + container.id(), e);
    }
  }

  private static void signal(Container container, int signal) throws IOException {
    if (container.pid() > 1) {
      Posix.kill(container.pid(), signal);
    }
  }

  /// Kills it if need be and removes every trace but its log. Idempotent.
  void remove(Container container) throws IOException {
    stop(container, Duration.ZERO);
    launcher.forget(container.id());
    container.cgroup().remove();
    containers.remove(container.id());
    Records.deleteTree(container.bundle());
    Records.deleteTree(container.folder());
    publish(container, ContainerEventType.CONTAINER_DELETED_EVENT);
  }

  void updateResources(Container container, LinuxContainerResources limits) throws IOException {
    container.cgroup().apply(limits);
    LinuxContainerResources merged =
        container.status().getResources().getLinux().toBuilder().mergeFrom(limits).build();
    synchronized (container) {
      container.update(
          container.status().toBuilder()
              .setResources(ContainerResources.newBuilder().setLinux(merged))
              .build());
    }
  }

  private void publish(Container container, ContainerEventType type) {
    events.publish(
        ContainerEventResponse.newBuilder()
            .setContainerId(container.id())
            .setContainerEventType(type)
            .setCreatedAt(Clock.nanos(clock))
            .setPodSandboxStatus(container.sandbox().status())
            .addAllContainersStatuses(
                of(container.sandbox()).stream().map(Container::status).toList())
            .build());
  }
}
