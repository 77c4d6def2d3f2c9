package io.kemudi.nodeagent.embedded;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.kemudi.lifecycle.Component;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.embedded.image.ImageStore;
import io.kemudi.nodeagent.posix.Command;
import io.kemudi.nodeagent.runtime.PodEnding;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `kemudi runtime`: serves CRI v1 on a unix socket. Closing it leaves every container running; the
/// next one on the same folders takes them over.
public final class RuntimeServer implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeServer.class);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final RuntimeServerConfig config;
  private final InstantSource clock;
  private @Nullable Server server;
  private @Nullable MultiThreadIoEventLoopGroup loops;
  private @Nullable StreamingServer streaming;
  private @Nullable ExecutorService calls;
  private @Nullable ImageStore images;
  private @Nullable Containers held;
  private volatile boolean ready;

  public RuntimeServer(RuntimeServerConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "runtime";
  }

  @Override
  public void start() throws IOException {
    refuseSecondServer();
    Files.createDirectories(config.root());
    Files.createDirectories(config.state());
    // Other users' passwords may lie in images and environments.
    Files.setPosixFilePermissions(config.root(), PosixFilePermissions.fromString("rwx--x--x"));
    Files.setPosixFilePermissions(config.state(), PosixFilePermissions.fromString("rwx--x--x"));

    Held pods = open();
    Sandboxes sandboxes = pods.sandboxes();
    Containers containers = pods.containers();
    ContainerLauncher launcher = pods.containers().launcher();
    pods.network().start(config.network().podCidr());
    sandboxes.load();
    containers.load();
    held = containers;
    Execs execs = new Execs(launcher, config.state());
    StreamingServer streams = new StreamingServer(containers, sandboxes, execs, pods.network());
    streams.start();
    streaming = streams;
    images = pods.images();
    serve(
        new CriRuntimeService(
            sandboxes,
            containers,
            execs,
            streams,
            pods.network(),
            pods.events(),
            new Stats(containers, clock),
            clock),
        new CriImageService(pods.images(), containers, clock));
    ready = true;
    LOG.info("serving CRI on {} with {}", config.socket(), launcher.name());
  }

  /// What the folders hold, before anything of it was looked at.
  private record Held(
      ImageStore images,
      PodNetwork network,
      RuntimeEvents events,
      Sandboxes sandboxes,
      Containers containers) {}

  private Held open() throws IOException {
    ContainerLauncher launcher = launcher();
    ImageStore store = new ImageStore(config.root().resolve("images"));
    PodNetwork network = new PodNetwork(config.network());
    RuntimeEvents events = new RuntimeEvents();
    Sandboxes sandboxes =
        new Sandboxes(
            config.root().resolve("sandboxes"),
            config.state().resolve("namespaces"),
            network,
            clock,
            new SecureRandom());
    List<Path> hidden =
        Stream.concat(config.hidden().stream(), Stream.of(config.root(), config.state())).toList();
    ContainerSpecs specs = new ContainerSpecs(store, sandboxes, hidden, hasOverlay());
    Containers containers =
        new Containers(
            config.root().resolve("containers"),
            config.state().resolve("containers"),
            sandboxes,
            store,
            specs,
            launcher,
            network,
            events,
            clock);
    return new Held(store, network, events, sandboxes, containers);
  }

  /// Ends every pod that a server on these folders left running, killed or not, and takes away what
  /// pods hang on: control groups, mounts, the bridge, its rules, the state folder. Images stay.
  /// For a server that is not started.
  ///
  /// @param ending gives containers time to end by themselves
  public void removePods(PodEnding ending) throws IOException {
    refuseSecondServer();
    Files.createDirectories(config.root());
    Files.createDirectories(config.state());
    Held pods = open();
    pods.sandboxes().load();
    pods.containers().load();
    ending.end(running(pods));
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Sandbox sandbox : pods.sandboxes().list()) {
        tasks.execute(() -> removePod(pods, sandbox));
      }
    }
    pods.containers().leave();
    int left = pods.sandboxes().list().size();
    if (left > 0) {
      throw new IOException(left + " pod sandboxes are left, see the log");
    }
    pods.network().remove();
    Command.run(
        LIMIT, "", 4096, List.of("umount", "-l", config.state().resolve("namespaces").toString()));
    Records.deleteTree(config.state());
  }

  private static List<PodEnding.Running> running(Held pods) {
    return pods.sandboxes().list().stream()
        .flatMap(sandbox -> pods.containers().of(sandbox).stream())
        .filter(Container::isRunning)
        .sorted(Comparator.comparingLong(c -> c.status().getStartedAt()))
        .map(c ->
            new PodEnding.Running(
                c.sandbox().id(),
                c.id(),
                c.config().getAnnotationsMap(),
                grace -> pods.containers().stop(c, grace)))
        .toList();
  }

  private static void removePod(Held pods, Sandbox sandbox) {
    try {
      for (Container container : pods.containers().of(sandbox)) {
        pods.containers().remove(container);
      }
      pods.sandboxes().remove(sandbox);
      String group = sandbox.config().getLinux().getCgroupParent();
      if (group.startsWith("/") && group.length() > 1) {
        Cgroup pod = new Cgroup(group);
        pod.remove();
        pod.removeEmptyParents();
      }
      new Cgroup("/kemudi/" + sandbox.id()).removeEmptyParents();
    } catch (IOException | RuntimeException e) {
      LOG.warn("pod sandbox {} was not removed: {}", sandbox.id(), e.toString());
    }
  }

  private void serve(CriRuntimeService runtime, CriImageService imageService) throws IOException {
    Files.createDirectories(config.socket().toAbsolutePath().getParent());
    Files.deleteIfExists(config.socket());
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    loops = group;
    calls = executor;
    server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(config.socket().toString()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .executor(executor)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .addService(runtime)
            .addService(imageService)
            .build()
            .start();
    // Whoever can write to the socket is root on this machine.
    Files.setPosixFilePermissions(config.socket(), PosixFilePermissions.fromString("rw-------"));
  }

  /// Two runtimes on one folder would both own its containers.
  private void refuseSecondServer() throws IOException {
    if (!Files.exists(config.socket())) {
      return;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(config.socket()));
      throw new IOException("a runtime is serving on " + config.socket() + " already");
    } catch (ConnectException e) {
      LOG.info("{} is left from an earlier life", config.socket());
    }
  }

  private ContainerLauncher launcher() throws IOException {
    Path ociState = config.state().resolve("oci");
    return switch (config.low()) {
      case CRUN -> new OciLauncher(required("crun"), ociState);
      case RUNC -> new OciLauncher(required("runc"), ociState);
      case UTIL_LINUX -> new UtilLinuxLauncher();
      case AUTO -> {
        Optional<Path> program = program("crun").or(() -> program("runc"));
        if (program.isPresent()) {
          yield new OciLauncher(program.get(), ociState);
        }
        yield new UtilLinuxLauncher();
      }
    };
  }

  private static Path required(String name) throws IOException {
    return program(name)
        .orElseThrow(() ->
            new IOException(
                name + " is not installed: install it, or choose " + LowLevelRuntime.AUTO));
  }

  private static Optional<Path> program(String name) {
    for (String folder : List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")) {
      Path path = Path.of(folder, name);
      if (Files.isExecutable(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  /// Whether layers can be mounted over one another here; else they are copied.
  private boolean hasOverlay() throws IOException {
    Path probe = Files.createTempDirectory(config.root(), "overlay");
    try {
      String script =
          "cd \"$0\" && mkdir l u w m && mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m";
      boolean works =
          Command.run(
                  LIMIT,
                  "",
                  4096,
                  List.of("unshare", "--mount", "/bin/sh", "-c", script, probe.toString()))
              .succeeded();
      if (!works) {
        LOG.warn("no overlayfs here: every container gets a copy of its image");
      }
      return works;
    } finally {
      Records.deleteTree(probe);
    }
  }

  /// The images, for importing archives from the command line.
  public ImageStore images() {
    ImageStore store = images;
    if (store == null) {
      throw new IllegalStateException("the runtime is not started");
    }
    return store;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    ready = false;
    if (server != null) {
      server.shutdownNow();
      try {
        server.awaitTermination(2, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (calls != null) {
      calls.shutdownNow();
    }
    if (streaming != null) {
      streaming.close();
    }
    if (held != null) {
      held.leave();
    }
    if (loops != null) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }
}
