package io.kemudi.nodeagent.embedded;

import static io.kemudi.nodeagent.embedded.Shell.quote;

import io.grpc.Status;
import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.KeyValue;
import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.Mount;
import io.kemudi.cri.v1.MountPropagation;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.SecurityProfile;
import io.kemudi.nodeagent.embedded.ContainerSpec.MountPoint;
import io.kemudi.nodeagent.embedded.ContainerSpec.Seccomp;
import io.kemudi.nodeagent.embedded.image.ImageStore;
import io.kemudi.nodeagent.embedded.image.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns what CRI asks for, and what the image says, into a [ContainerSpec]. Makes the folders that
/// the root file system needs, changes nothing else.
final class ContainerSpecs {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /// What an unprivileged container may not read or write, when the agent does not say: the usual
  /// list of every runtime.
  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");

  private static final List<String> READONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final ImageStore images;
  private final Sandboxes sandboxes;
  private final List<Path> hidden;
  private final boolean overlay;

  ContainerSpecs(ImageStore images, Sandboxes sandboxes, List<Path> hidden, boolean overlay) {
    this.images = images;
    this.sandboxes = sandboxes;
    this.hidden = List.copyOf(hidden);
    this.overlay = overlay;
  }

  /// @param target the pid namespace to join for mode TARGET
  ContainerSpec of(Container container, StoredImage image, Optional<Path> target)
      throws IOException {
    ContainerConfig config = container.config();
    LinuxContainerSecurityContext security = config.getLinux().getSecurityContext();
    List<Path> layers = images.layerFolders(image);
    RootView root = new RootView(layers);
    ContainerProcess process = process(container, image, root);
    List<MountPoint> mounts = mounts(container, image, root);
    checkExecutable(process, root, mounts);
    NamespaceMode pidMode = security.getNamespaceOptions().getPid();
    Optional<Path> pid =
        switch (pidMode) {
          case POD -> sandboxes.podPidNamespace(container.sandbox());
          case TARGET -> target;
          case CONTAINER, NODE, UNRECOGNIZED -> Optional.empty();
        };
    return new ContainerSpec(
        container.id(),
        container.bundle(),
        rootLines(container, image, layers),
        security.getReadonlyRootfs() || image.isHost(),
        security.getPrivileged(),
        process,
        mounts,
        container.sandbox().networkNamespace(),
        container.sandbox().ipcNamespace(),
        container.sandbox().utsNamespace(),
        pid,
        pidMode == NamespaceMode.NODE,
        container.cgroup(),
        security.getMaskedPathsCount() > 0 ? security.getMaskedPathsList() : MASKED,
        security.getReadonlyPathsCount() > 0 ? security.getReadonlyPathsList() : READONLY,
        seccomp(security));
  }

  private static Seccomp seccomp(LinuxContainerSecurityContext security) {
    if (security.getPrivileged() || !security.hasSeccomp()) {
      return new Seccomp.Unconfined();
    }
    SecurityProfile profile = security.getSeccomp();
    return switch (profile.getProfileType()) {
      case RuntimeDefault -> new Seccomp.RuntimeDefault();
      case Unconfined -> new Seccomp.Unconfined();
      case Localhost -> new Seccomp.Profile(Path.of(profile.getLocalhostRef()));
      case UNRECOGNIZED -> throw invalid("unknown seccomp profile type");
    };
  }

  private ContainerProcess process(Container container, StoredImage image, RootView root)
      throws IOException {
    ContainerConfig config = container.config();
    LinuxContainerSecurityContext security = config.getLinux().getSecurityContext();
    StoredImage.Defaults defaults = image.defaults();
    UserIdentity user = UserIdentity.of(security, defaults.user(), root);
    String cwd = config.getWorkingDir().isEmpty() ? defaults.workingDir() : config.getWorkingDir();
    return new ContainerProcess(
        args(config, defaults),
        env(container, defaults, user),
        root.resolve(cwd).toString(),
        user.uid(),
        user.gid(),
        user.groups(),
        Capabilities.of(security),
        Capabilities.ambient(security),
        security.getNoNewPrivs(),
        oomScoreAdj(config.getLinux().getResources().getOomScoreAdj()),
        config.getTty());
  }

  /// The pod's command replaces the image's entry point and its arguments; the pod's arguments
  /// replace the image's arguments only.
  private static List<String> args(ContainerConfig config, StoredImage.Defaults defaults) {
    List<String> args = new ArrayList<>();
    if (config.getCommandCount() > 0) {
      args.addAll(config.getCommandList());
      args.addAll(config.getArgsList());
    } else {
      args.addAll(defaults.entrypoint());
      args.addAll(config.getArgsCount() > 0 ? config.getArgsList() : defaults.command());
    }
    if (args.isEmpty()) {
      throw invalid("no command specified: neither the pod nor the image names one");
    }
    return args;
  }

  private static List<String> env(
      Container container, StoredImage.Defaults defaults, UserIdentity user) throws IOException {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("PATH", DEFAULT_PATH);
    env.put("HOSTNAME", Files.readString(container.sandbox().folder().resolve("hostname")).strip());
    env.put("HOME", user.home());
    if (container.config().getTty()) {
      env.put("TERM", "xterm");
    }
    for (String variable : defaults.env()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        env.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    for (KeyValue variable : container.config().getEnvsList()) {
      env.put(variable.getKey(), variable.getValue());
    }
    return env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  /// Without CAP_SYS_RESOURCE nobody gets a lower value than this process has.
  private static int oomScoreAdj(long wanted) throws IOException {
    int bounded = (int) Math.clamp(wanted, -1000, 1000);
    if (Capabilities.mayRaiseLimits()) {
      return bounded;
    }
    int own = Integer.parseInt(Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
    return Math.max(own, bounded);
  }

  private List<MountPoint> mounts(Container container, StoredImage image, RootView root)
      throws IOException {
    ContainerConfig config = container.config();
    Sandbox sandbox = container.sandbox();
    boolean privileged = config.getLinux().getSecurityContext().getPrivileged();
    List<MountPoint> mounts = new ArrayList<>();
    mounts.add(new MountPoint("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    if (privileged) {
      mounts.add(new MountPoint("/dev", "bind", "/dev", List.of("rbind", "rslave", "rw")));
    } else {
      mounts.add(
          new MountPoint(
              "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=64k")));
      mounts.add(
          new MountPoint(
              "/dev/pts",
              "devpts",
              "devpts",
              List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
    }
    mounts.add(bind("/dev/shm", sandbox.sharedMemory(), "rw"));
    String access = privileged ? "rw" : "ro";
    mounts.add(
        new MountPoint("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access)));
    mounts.add(
        new MountPoint(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            List.of("nosuid", "noexec", "nodev", "relatime", access)));
    if (image.isHost()) {
      // The machine's own are not the container's: sockets of daemons, other people's files.
      for (String path : List.of("/tmp", "/run")) {
        mounts.add(tmpfs(path, path.equals("/tmp") ? "1777" : "755"));
      }
      for (Path path : hidden) {
        if (root.isDirectory(root.resolve(path.toString()))) {
          mounts.add(tmpfs(root.resolve(path.toString()).toString(), "700"));
        }
      }
    }
    Set<String> given =
        Set.copyOf(config.getMountsList().stream().map(Mount::getContainerPath).toList());
    for (String name : List.of("hostname", "hosts", "resolv.conf")) {
      if (!given.contains("/etc/" + name)) {
        mounts.add(
            bind(root.resolve("/etc/" + name).toString(), sandbox.folder().resolve(name), "rw"));
      }
    }
    // A mount below another must come after it.
    List<Mount> wanted = new ArrayList<>(config.getMountsList());
    wanted.sort(Comparator.comparingInt(m -> Path.of(m.getContainerPath()).getNameCount()));
    for (Mount mount : wanted) {
      mounts.add(volume(mount, root));
    }
    for (var device : config.getDevicesList()) {
      mounts.add(bind(device.getContainerPath(), Path.of(device.getHostPath()), "rw"));
    }
    if (config.getCDIDevicesCount() > 0) {
      throw invalid("CDI devices are not supported by the embedded runtime");
    }
    return mounts;
  }

  private static MountPoint tmpfs(String path, String mode) {
    return new MountPoint(path, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=" + mode));
  }

  private static MountPoint bind(String destination, Path source, String access) {
    return new MountPoint(
        destination, "bind", source.toString(), List.of("rbind", "rprivate", access));
  }

  private MountPoint volume(Mount mount, RootView root) throws IOException {
    String path = mount.getContainerPath();
    if (!path.startsWith("/") || path.indexOf('\n') >= 0) {
      throw invalid("mount path \"" + path + "\" is not an absolute path");
    }
    if (mount.hasImage() || mount.getUidMappingsCount() > 0 || mount.getGidMappingsCount() > 0) {
      throw invalid(path + ": image volumes and id mappings are not supported here");
    }
    if (mount.getPropagation() == MountPropagation.PROPAGATION_BIDIRECTIONAL) {
      throw invalid(
          path + ": mountPropagation Bidirectional is not supported by the embedded runtime");
    }
    Path source = Path.of(mount.getHostPath());
    if (!Files.exists(source)) {
      throw invalid(path + ": the node has no " + source + " to mount there");
    }
    boolean slave = mount.getPropagation() == MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
    return new MountPoint(
        root.resolve(path).toString(),
        "bind",
        source.toRealPath().toString(),
        List.of("rbind", slave ? "rslave" : "rprivate", mount.getReadonly() ? "ro" : "rw"));
  }

  /// Said here, early and alike for every launcher. What lies under a mount cannot be seen yet.
  private static void checkExecutable(
      ContainerProcess process, RootView root, List<MountPoint> mounts) throws IOException {
    String program = process.args().getFirst();
    if (program.contains("/")) {
      String absolute = Path.of(process.cwd()).resolve(program).normalize().toString();
      if (!isBelowMount(absolute, mounts) && !root.isExecutable(absolute)) {
        throw notExecutable(
            "exec: \"" + program + "\": stat " + program + ": no such file or directory");
      }
      return;
    }
    for (String variable : process.env()) {
      if (variable.startsWith("PATH=")) {
        for (String folder : variable.substring(5).split(":")) {
          if (isBelowMount(folder + "/x", mounts) || root.isExecutable(folder + "/" + program)) {
            return;
          }
        }
      }
    }
    throw notExecutable("exec: \"" + program + "\": executable file not found in $PATH");
  }

  private static RuntimeException notExecutable(String what) {
    return Status.UNKNOWN
        .withDescription("failed to start container: " + what)
        .asRuntimeException();
  }

  private static boolean isBelowMount(String path, List<MountPoint> mounts) {
    return mounts.stream().anyMatch(m -> Path.of(path).startsWith(m.destination()));
  }

  /// See [ContainerSpec#rootLines]. Every container has its own writable layer over the image's;
  /// that of the host image is in memory, because overlayfs wants no layer inside another.
  private String rootLines(Container container, StoredImage image, List<Path> layers)
      throws IOException {
    Path bundle = container.bundle();
    if (image.isHost()) {
      if (!overlay) {
        throw Status.FAILED_PRECONDITION
            .withDescription("the host image needs overlayfs, which this kernel does not offer")
            .asRuntimeException();
      }
      return """
      mkdir -p scratch && mount -t tmpfs -o mode=755,size=16m tmpfs scratch || fail
      mkdir -p scratch/upper scratch/work
      mount -t overlay overlay -o lowerdir=/,upperdir=$PWD/scratch/upper,workdir=$PWD/scratch/work rootfs || fail
      """;
    }
    if (!overlay) {
      return copyLines(container.folder().resolve("rootfs"), layers.reversed());
    }
    Path upper = container.folder().resolve("upper");
    Path work = container.folder().resolve("work");
    Files.createDirectories(upper);
    Files.createDirectories(work);
    List<String> names = layers.stream().map(l -> l.getFileName().toString()).toList();
    // Names relative to one folder: the kernel takes one page of options.
    return """
    cd LAYERS && mount -t overlay overlay -o lowerdir=NAMES,upperdir=UPPER,workdir=WORK BUNDLE/rootfs || fail
    cd BUNDLE
    """
        .replace("LAYERS", quote(images.layersFolder()))
        .replace("NAMES", String.join(":", names))
        .replace("UPPER", quote(upper))
        .replace("WORK", quote(work))
        .replace("BUNDLE", quote(bundle));
  }

  /// Without overlayfs: a copy of all layers, lowest first; what a layer deletes is deleted.
  private static String copyLines(Path copy, List<Path> lowestFirst) throws IOException {
    Files.createDirectories(copy);
    StringBuilder lines = new StringBuilder();
    for (Path layer : lowestFirst) {
      lines.append("(cd ").append(quote(layer)).append(" && find . -type c | while read -r f; do ");
      lines.append("[ \"$(stat -c %t,%T \"$f\")\" != 0,0 ] || rm -rf ");
      lines.append(quote(copy)).append("/\"$f\"; done && cp -a . ").append(quote(copy));
      lines.append("/ && find . -type c | while read -r f; do ");
      lines.append("[ \"$(stat -c %t,%T \"$f\")\" != 0,0 ] || rm -f ");
      lines.append(quote(copy)).append("/\"$f\"; done) || fail\n");
    }
    return lines.append("mount --bind ").append(quote(copy)).append(" rootfs || fail\n").toString();
  }

  private static RuntimeException invalid(String what) {
    return Status.INVALID_ARGUMENT.withDescription(what).asRuntimeException();
  }
}
