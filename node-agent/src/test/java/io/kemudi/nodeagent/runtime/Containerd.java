package io.kemudi.nodeagent.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real containerd for tests: its own folders, network namespace and mount namespace. The mount
/// namespace is held by a process of its own; daemons started with `ip netns exec` would see
/// another /sys. Closing removes pods, processes and the namespace.
public final class Containerd implements AutoCloseable {
  public static final String IMAGE = "localhost/busybox:1";

  private static final List<String> PROGRAMS =
      List.of(
          "/usr/bin/containerd",
          "/usr/sbin/runc",
          "/usr/bin/ctr",
          "/bin/busybox",
          "/usr/lib/cni/bridge");

  private final Path dir;
  private final String netns;
  private final Process holder;
  private final Process daemon;
  private final CriRuntime runtime;

  private Containerd(Path dir, String netns, Process holder, Process daemon, CriRuntime runtime) {
    this.dir = dir;
    this.netns = netns;
    this.holder = holder;
    this.daemon = daemon;
    this.runtime = runtime;
  }

  /// Starts one, or skips the test where programs are missing; in CI they must not be.
  public static Containerd start() throws Exception {
    List<String> missing = PROGRAMS.stream().filter(p -> !Files.exists(Path.of(p))).toList();
    boolean root = System.getProperty("user.name").equals("root");
    if ("true".equals(System.getenv("CI")) && (!missing.isEmpty() || !root)) {
      throw new IllegalStateException("CI must have root and these programs: " + missing);
    }
    assumeTrue(root && missing.isEmpty(), "needs root and " + missing);

    Path dir = Files.createTempDirectory(Path.of("/var/tmp"), "kemudi-containerd");
    String netns = "kct" + ProcessHandle.current().pid() % 100_000;
    run("ip", "netns", "add", netns);
    run("nsenter", "--net=/run/netns/" + netns, "ip", "link", "set", "lo", "up");
    for (String sub : List.of("cni/net.d", "cni/data", "varcni", "run", "root", "state")) {
      Files.createDirectories(dir.resolve(sub));
    }
    Files.createDirectories(Path.of("/var/lib/cni"));
    Files.writeString(dir.resolve("config.toml"), config(dir));
    Files.writeString(dir.resolve("cni/net.d/10-pods.conflist"), network(dir));
    Process holder = hold(dir, netns);
    Process daemon = daemon(dir, holder);
    var runtime = new CriRuntime("unix://" + dir.resolve("containerd.sock"));
    var started = new Containerd(dir, netns, holder, daemon, runtime);
    try {
      started.awaitReady();
      for (String image : List.of(IMAGE, "localhost/pause:1")) {
        Path archive = OciArchive.write(dir.resolve("image.tar"), image);
        run(
            "ctr",
            "-a",
            dir.resolve("containerd.sock").toString(),
            "-n",
            "k8s.io",
            "images",
            "import",
            archive.toString());
      }
    } catch (Exception e) {
      started.close();
      throw e;
    }
    return started;
  }

  private static Process hold(Path dir, String netns) throws Exception {
    Path ready = dir.resolve("held");
    String script =
        """
        mount --bind %1$s/varcni /var/lib/cni
        mkdir -p /run/containerd
        mount --bind %1$s/run /run/containerd
        umount /sys/fs/cgroup/unified 2>/dev/null
        touch %1$s/held
        exec sleep infinity
        """
            .formatted(dir);
    Process holder =
        new ProcessBuilder(
                "nsenter",
                "--net=/run/netns/" + netns,
                "unshare",
                "--mount",
                "--propagation",
                "slave",
                "/bin/sh",
                "-c",
                script)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("holder.log").toFile())
            .start();
    for (int i = 0; i < 500 && !Files.exists(ready); i++) {
      Thread.sleep(10);
    }
    return holder;
  }

  private static Process daemon(Path dir, Process holder) throws IOException {
    return new ProcessBuilder(
            "nsenter",
            "-t",
            Long.toString(holder.pid()),
            "-m",
            "-n",
            "/usr/bin/containerd",
            "--config",
            dir.resolve("config.toml").toString())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("containerd.log").toFile())
        .start();
  }

  private void awaitReady() throws Exception {
    for (int i = 0; i < 300; i++) {
      if (!daemon.isAlive()) {
        throw new IllegalStateException("containerd ended: " + log());
      }
      try {
        runtime.version();
        return;
      } catch (RuntimeFailure e) {
        Thread.sleep(50);
      }
    }
    throw new IllegalStateException("containerd does not answer: " + log());
  }

  private String log() throws IOException {
    List<String> lines = Files.readAllLines(dir.resolve("containerd.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  public CriRuntime runtime() {
    return runtime;
  }

  /// As `--cri-endpoint` takes it.
  public String endpoint() {
    return "unix://" + dir.resolve("containerd.sock");
  }

  /// Whether the daemon still runs.
  public boolean isAlive() {
    return daemon.isAlive();
  }

  public String netns() {
    return netns;
  }

  /// A command in the node's network, where its pods can be reached.
  public String onNode(String... command) throws Exception {
    var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + netns));
    all.addAll(List.of(command));
    return run(all.toArray(String[]::new));
  }

  @Override
  public void close() {
    try {
      runtime.listPodSandbox(java.util.Map.of()).forEach(s -> runtime.removePodSandbox(s.getId()));
    } catch (RuntimeFailure e) {
      System.err.println("containerd's pods could not be removed: " + e.getMessage());
    }
    runtime.close();
    end(daemon);
    end(holder);
    try {
      run("ip", "netns", "del", netns);
      run("rm", "-rf", "--one-file-system", dir.toString());
    } catch (Exception e) {
      System.err.println("left behind: " + e.getMessage());
    }
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("took too long: " + String.join(" ", command));
    }
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + out);
    }
    return out;
  }

  private static String config(Path dir) {
    return """
    version = 2
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = ["io.containerd.snapshotter.v1.btrfs","io.containerd.snapshotter.v1.aufs","io.containerd.snapshotter.v1.zfs","io.containerd.snapshotter.v1.devmapper","io.containerd.tracing.processor.v1.otlp","io.containerd.internal.v1.tracing"]
    [grpc]
      address = "%1$s/containerd.sock"
    [plugins."io.containerd.internal.v1.opt"]
      path = "%1$s/opt"
    [plugins."io.containerd.grpc.v1.cri"]
      sandbox_image = "localhost/pause:1"
      restrict_oom_score_adj = true
      disable_apparmor = true
      netns_mounts_under_state_dir = true
      stream_server_address = "127.0.0.1"
      stream_server_port = "0"
      [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "/usr/lib/cni"
        conf_dir = "%1$s/cni/net.d"
      [plugins."io.containerd.grpc.v1.cri".containerd]
        default_runtime_name = "runc"
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"
          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            BinaryName = "/usr/sbin/runc"
            SystemdCgroup = false
    """
        .formatted(dir);
  }

  private static String network(Path dir) {
    return """
    {"cniVersion":"0.4.0","name":"pods","plugins":[
     {"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":false,"hairpinMode":true,
      "ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.9.0/24"}]],
              "routes":[{"dst":"0.0.0.0/0"}],"dataDir":"%s/cni/data"}},
     {"type":"portmap","capabilities":{"portMappings":true}}]}
    """
        .formatted(dir);
  }
}
