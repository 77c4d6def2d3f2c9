package io.kemudi.nodeagent.embedded;

import static io.kemudi.nodeagent.embedded.Shell.quote;

import io.grpc.Status;
import io.kemudi.cri.v1.DNSConfig;
import io.kemudi.cri.v1.LinuxPodSandboxStatus;
import io.kemudi.cri.v1.Namespace;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxNetworkStatus;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.nodeagent.posix.Command;
import io.kemudi.nodeagent.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All sandboxes of the node. Thread-safe; two calls on one sandbox may overlap, and each leaves it
/// whole.
final class Sandboxes {
  private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String HOLDER = "holder.pid";
  private static final Pattern SYSCTL = Pattern.compile("[a-z0-9_]+([./][a-zA-Z0-9_-]+)+");

  private final Path root;
  private final Path state;
  private final PodNetwork network;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();

  Sandboxes(
      Path root, Path state, PodNetwork network, InstantSource clock, RandomGenerator random) {
    this.root = root;
    this.state = state;
    this.network = network;
    this.clock = clock;
    this.random = random;
  }

  /// Finds the sandboxes of an earlier life. One whose namespaces are gone (a reboot) is not ready.
  void load() throws IOException {
    Files.createDirectories(root);
    Files.createDirectories(state);
    // Shared, so that the unmounting of a namespace reaches the mount namespaces of all containers.
    Command.check(
        LIMIT,
        List.of(
            "/bin/sh",
            "-ec",
            "mountpoint -q \"$0\" || { mount --bind \"$0\" \"$0\"; mount --make-rshared \"$0\"; }",
            state.toString()));
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.toList()) {
        try {
          String id = folder.getFileName().toString();
          Sandbox sandbox = Sandbox.read(folder, state.resolve(id));
          sandboxes.put(id, sandbox);
          adopt(sandbox);
        } catch (IOException e) {
          LOG.warn("sandbox record {} is incomplete and removed: {}", folder, e.toString());
          Records.deleteTree(folder);
        }
      }
    }
  }

  private void adopt(Sandbox sandbox) throws IOException {
    boolean alive = sandbox.networkNamespace().map(Sandboxes::isNamespace).orElse(true);
    if (sandbox.isReady() && !alive) {
      setNotReady(sandbox);
    }
    String address = sandbox.status().getNetwork().getIp();
    if (sandbox.isReady() && !address.isEmpty()) {
      network.taken(address);
    }
  }

  private static boolean isNamespace(Path path) {
    try {
      return Files.getFileStore(path).type().equals("nsfs");
    } catch (IOException e) {
      return false;
    }
  }

  /// Tells the pool of the addresses in use, once the node's range is known.
  void claimAddresses() {
    for (Sandbox sandbox : sandboxes.values()) {
      String address = sandbox.status().getNetwork().getIp();
      if (sandbox.isReady() && !address.isEmpty()) {
        network.taken(address);
      }
    }
  }

  List<Sandbox> list() {
    return List.copyOf(sandboxes.values());
  }

  Optional<Sandbox> find(String id) {
    return Optional.ofNullable(sandboxes.get(id));
  }

  Sandbox get(String id) {
    return find(id)
        .orElseThrow(
            () -> Status.NOT_FOUND.withDescription("no pod sandbox " + id).asRuntimeException());
  }

  String newId() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Creates the namespaces and connects them. On failure nothing is left.
  Sandbox run(PodSandboxConfig config, String handler) throws IOException {
    check(config);
    String id = newId();
    Path folder = root.resolve(id);
    PodSandboxStatus.Builder status =
        PodSandboxStatus.newBuilder()
            .setId(id)
            .setMetadata(config.getMetadata())
            .setState(PodSandboxState.SANDBOX_NOTREADY)
            .setCreatedAt(Clock.nanos(clock))
            .setNetwork(PodSandboxNetworkStatus.getDefaultInstance())
            .setLinux(
                LinuxPodSandboxStatus.newBuilder()
                    .setNamespaces(
                        Namespace.newBuilder()
                            .setOptions(
                                config.getLinux().getSecurityContext().getNamespaceOptions())))
            .putAllLabels(config.getLabelsMap())
            .putAllAnnotations(config.getAnnotationsMap())
            .setRuntimeHandler(handler);
    Sandbox sandbox = new Sandbox(config, folder, state.resolve(id), status.build());
    // On disk first: after a crash in the middle the next life finds it and can clean up.
    sandbox.save();
    sandboxes.put(id, sandbox);
    try {
      writeFiles(sandbox);
      Command.check(LIMIT, network.inNode("/bin/sh", "-ec", namespaceScript(sandbox)));
      if (!sandbox.isHostNetwork()) {
        String address =
            network.attach(
                sandbox.namespaceFolder().resolve("net"),
                sandbox.interfaceName(),
                config.getPortMappingsList());
        status.setNetwork(PodSandboxNetworkStatus.newBuilder().setIp(address));
      }
      sandbox.update(status.setState(PodSandboxState.SANDBOX_READY).build());
      return sandbox;
    } catch (IOException | RuntimeException e) {
      remove(sandbox);
      throw e;
    }
  }

  private static void check(PodSandboxConfig config) throws IOException {
    if (!config.hasMetadata() || config.getMetadata().getName().isEmpty()) {
      throw invalid("config.metadata.name is missing");
    }
    var security = config.getLinux().getSecurityContext();
    if (security.getNamespaceOptions().hasUsernsOptions()
        && security.getNamespaceOptions().getUsernsOptions().getMode() == NamespaceMode.POD) {
      throw invalid("user namespaces (hostUsers: false) are not supported by the embedded runtime");
    }
    if (config.getHostname().length() > 64 || !config.getHostname().matches("[A-Za-z0-9.-]*")) {
      throw invalid("hostname \"" + config.getHostname() + "\" is not one");
    }
    for (String name : config.getLinux().getSysctlsMap().keySet()) {
      if (!SYSCTL.matcher(name).matches() || name.contains("..")) {
        throw invalid("sysctl \"" + name + "\" is not the name of one");
      }
    }
  }

  private static RuntimeException invalid(String what) {
    return Status.INVALID_ARGUMENT.withDescription(what).asRuntimeException();
  }

  private String namespaceScript(Sandbox sandbox) {
    Path ns = sandbox.namespaceFolder();
    List<String> flags = new ArrayList<>();
    StringBuilder inside = new StringBuilder("set -e\n");
    sandbox.networkNamespace().ifPresent(p -> flags.add("--net=" + p));
    sandbox.ipcNamespace().ifPresent(p -> flags.add("--ipc=" + p));
    sandbox.utsNamespace().ifPresent(p -> flags.add("--uts=" + p));
    StringBuilder script = new StringBuilder("mkdir -p " + quote(ns) + "\n");
    if (!sandbox.isHostIpc()) {
      script.append("mkdir -p ").append(quote(ns.resolve("shm"))).append('\n');
      script.append("mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=65536k shm ");
      script.append(quote(ns.resolve("shm"))).append('\n');
    }
    if (!sandbox.isHostNetwork()) {
      inside.append("ip link set lo up\nhostname ");
      inside.append(quote(sandbox.config().getHostname())).append('\n');
      // Any user of a pod may bind low ports and ping, as under other runtimes.
      inside.append("echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start\n");
      inside.append("echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range\n");
    }
    sandbox
        .config()
        .getLinux()
        .getSysctlsMap()
        .forEach((name, value) ->
            inside
                .append("echo ")
                .append(quote(value))
                .append(" > /proc/sys/")
                .append(name.replace('.', '/'))
                .append('\n'));
    if (!flags.isEmpty()) {
      for (String flag : flags) {
        script.append(": > ").append(quote(flag.substring(flag.indexOf('=') + 1))).append('\n');
      }
      script.append("unshare ").append(Shell.quoteAll(flags)).append(" /bin/sh -c ");
      script.append(quote(inside)).append('\n');
    }
    if (sandbox.namespaceOptions().getPid() == NamespaceMode.POD) {
      script.append(podPidScript(ns.resolve(HOLDER)));
    }
    return script.toString();
  }

  /// A pid namespace lives as long as its first process. This one does nothing but reap.
  private static String podPidScript(Path pidFile) {
    String first =
        "read pid rest < /proc/self/stat; echo $pid > \"$0\"; trap 'exit 0' TERM;"
            + " while :; do sleep 2147483647 & wait $!; done";
    return "setsid unshare --pid --fork --kill-child /bin/sh -c %s %s </dev/null >/dev/null 2>&1 &\n"
            .formatted(quote(first), quote(pidFile))
        + "for i in 1 2 3 4 5 6 7 8 9 10; do [ -s %1$s ] && break; sleep 0.02; done; [ -s %1$s ]\n"
            .formatted(quote(pidFile));
  }

  /// The pod's shared pid namespace, if it has one.
  Optional<Path> podPidNamespace(Sandbox sandbox) throws IOException {
    Path file = sandbox.namespaceFolder().resolve(HOLDER);
    return Files.exists(file)
        ? Optional.of(Path.of("/proc/" + Files.readString(file).strip() + "/ns/pid"))
        : Optional.empty();
  }

  private void writeFiles(Sandbox sandbox) throws IOException {
    PodSandboxConfig config = sandbox.config();
    String hostname =
        config.getHostname().isEmpty()
            ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
            : config.getHostname();
    Files.writeString(sandbox.folder().resolve("hostname"), hostname + "\n");
    Path hosts = Path.of("/etc/hosts");
    Files.writeString(
        sandbox.folder().resolve("hosts"),
        sandbox.isHostNetwork() && Files.exists(hosts)
            ? Files.readString(hosts)
            : "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    Path resolv = Path.of("/etc/resolv.conf");
    DNSConfig dns = config.getDnsConfig();
    String resolver = Files.exists(resolv) ? Files.readString(resolv) : "";
    if (config.hasDnsConfig()) {
      StringBuilder text = new StringBuilder();
      if (dns.getSearchesCount() > 0) {
        text.append("search ").append(String.join(" ", dns.getSearchesList())).append('\n');
      }
      dns.getServersList().forEach(s -> text.append("nameserver ").append(s).append('\n'));
      if (dns.getOptionsCount() > 0) {
        text.append("options ").append(String.join(" ", dns.getOptionsList())).append('\n');
      }
      resolver = text.toString();
    }
    Files.writeString(sandbox.folder().resolve("resolv.conf"), resolver);
  }

  /// Takes the network and the namespaces away. The caller has stopped the containers. Idempotent.
  void stop(Sandbox sandbox) throws IOException {
    String address = sandbox.status().getNetwork().getIp();
    if (sandbox.isReady()) {
      setNotReady(sandbox);
      if (!sandbox.isHostNetwork()) {
        network.detach(sandbox.interfaceName(), address);
      }
    }
    release(sandbox);
  }

  private void setNotReady(Sandbox sandbox) throws IOException {
    sandbox.update(sandbox.status().toBuilder().setState(PodSandboxState.SANDBOX_NOTREADY).build());
  }

  private void release(Sandbox sandbox) throws IOException {
    Path ns = sandbox.namespaceFolder();
    if (!Files.exists(ns)) {
      return;
    }
    Path holder = ns.resolve(HOLDER);
    if (Files.exists(holder) && !Files.readString(holder).isBlank()) {
      Posix.kill(Long.parseLong(Files.readString(holder).strip()), Posix.SIGKILL);
    }
    Command.run(
        LIMIT,
        "",
        4096,
        List.of(
            "/bin/sh",
            "-c",
            """
            cd "$0" || exit 0
            for f in net ipc uts shm; do umount -l $f 2>/dev/null; done
            rm -f net ipc uts holder.pid; rmdir shm 2>/dev/null; cd /; rmdir "$0"
            """,
            ns.toString()));
  }

  /// Stops it if need be and forgets it. Idempotent.
  void remove(Sandbox sandbox) throws IOException {
    if (!sandbox.isReady() && !sandbox.isHostNetwork()) {
      network.detach(sandbox.interfaceName(), "");
    }
    stop(sandbox);
    sandboxes.remove(sandbox.id());
    Records.deleteTree(sandbox.folder());
    new Cgroup("/kemudi/" + sandbox.id()).remove();
  }
}
