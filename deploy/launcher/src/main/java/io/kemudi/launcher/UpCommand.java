package io.kemudi.launcher;

import io.kemudi.client.rest.Kubeconfig;
import io.kemudi.client.rest.RestApiClient;
import io.kemudi.time.SystemTimers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi up`.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Starts a whole, secure cluster on this machine.",
    footer = {
      "",
      "Examples:",
      "  kemudi up",
      "  kemudi up -f app.yaml --detach              returns when the app is Available",
      "  kemudi up --nodes 3 --data-dir /tmp/three",
      "  kemudi up --store etcd                      an etcd of its own, if one is installed",
      "  kemudi up --store etcd --etcd-servers http://127.0.0.1:2379",
      "  kemudi up --runtime cri --cri-endpoint unix:///run/containerd/containerd.sock",
    })
final class UpCommand implements Callable<Integer> {
  @Mixin private DataDirOption dataDir = new DataDirOption();

  @Option(names = "-f", paramLabel = "FILE", description = "applies the manifests of this file")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--port",
      defaultValue = "6443",
      description = "REST port (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--grpc-port",
      defaultValue = "6444",
      description = "gRPC port (default: ${DEFAULT-VALUE})")
  private int grpcPort;

  @Option(
      names = "--store",
      defaultValue = "sqlite",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private StoreChoice store = StoreChoice.SQLITE;

  @Option(
      names = "--etcd-servers",
      split = ",",
      paramLabel = "URL",
      description = "with --store etcd; without, an etcd of the cluster's own is started")
  private List<String> etcdServers = new ArrayList<>();

  @Option(
      names = "--runtime",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private RuntimeChoice runtime = RuntimeChoice.AUTO;

  @Option(names = "--cri-endpoint", paramLabel = "unix://PATH", description = "with --runtime cri")
  private @Nullable String criEndpoint;

  @Option(
      names = "--nodes",
      defaultValue = "1",
      description = "nodes on this machine (default: ${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--service-cluster-ip-range",
      defaultValue = "10.96.0.0/12",
      description = "addresses of Services (default: ${DEFAULT-VALUE})")
  private String serviceRange = "";

  @Option(
      names = "--cluster-cidr",
      defaultValue = "10.244.0.0/16",
      description = "addresses of pods (default: ${DEFAULT-VALUE})")
  private String podRange = "";

  @Option(
      names = "--node-monitor-grace-period",
      hidden = true,
      defaultValue = "50s",
      converter = Durations.class,
      paramLabel = "DURATION",
      description = "how long a node may be silent (default: ${DEFAULT-VALUE})")
  private Duration nodeGracePeriod = Duration.ZERO;

  @Option(
      names = "--detach",
      description = "returns when the node is Ready and what -f applied is Available")
  private boolean detach;

  @Override
  public Integer call() throws Exception {
    long startNs = System.nanoTime();
    var options =
        new UpOptions(
            files,
            port,
            grpcPort,
            store,
            etcdServers,
            runtime,
            criEndpoint,
            nodes,
            serviceRange,
            podRange,
            nodeGracePeriod,
            detach);
    requireRoot();
    Manifests manifests = Manifests.read(options.files());
    DataDirectory directory = dataDir.directory();
    directory.prepare();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    boolean terminal = !detach && System.console() != null && System.console().isTerminal();
    var progress = new Progress(out, terminal, startNs);
    FileLock lock = directory.tryLock();
    if (lock == null) {
      return applyToRunning(directory, manifests, progress);
    }
    Files.deleteIfExists(directory.stopping()); // left by a `down` that was killed
    Logs.toFile(directory.logs().resolve("kemudi.log"));
    var cluster = new AllInOne(directory, options, progress);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(cluster::close));
    List<String> failures;
    try {
      failures = cluster.start(manifests);
    } catch (Exception e) {
      cluster.close();
      throw e;
    }
    if (detach) {
      letGo(failures.isEmpty() ? 0 : Main.FAILED);
    }
    cluster.awaitEnd();
    return 0;
  }

  /// Before anything is made: pods take bridges, mounts and control groups.
  private void requireRoot() {
    if (runtime != RuntimeChoice.HOLLOW && !DataDirectory.isRoot()) {
      throw new UserError(
          "running pods takes root: use `sudo kemudi up`; --runtime hollow works without,"
              + " as a cluster whose pods are only said to run");
    }
  }

  /// The launcher script shows our output until both streams are closed, and then ends with the
  /// exit code that it finds in the file that it named.
  private static void letGo(int exitCode) throws IOException {
    String mark = System.getenv("KEMUDI_DETACHED");
    if (mark != null) {
      Files.writeString(Path.of(mark), exitCode + "\n");
    }
    System.out.close();
    System.err.close();
  }

  /// A second `up` with manifests is about these: it applies them to the cluster that is there.
  private int applyToRunning(DataDirectory directory, Manifests manifests, Progress progress)
      throws Exception {
    Optional<ClusterFile> cluster = ClusterFile.read(directory.clusterFile());
    if (files.isEmpty() || cluster.isEmpty() || !cluster.get().ready()) {
      throw alreadyRunning(directory);
    }
    progress.line(
        "a cluster already runs from "
            + directory.root()
            + ": only -f is heeded, it stays as it was started");
    List<String> failures;
    try (var timers = new SystemTimers();
        var client = new RestApiClient(Kubeconfig.load(directory.kubeconfig(), timers), timers)) {
      failures = new ManifestApplier(client, _ -> true).apply(manifests, progress);
    }
    if (!failures.isEmpty()) {
      throw new UserError(String.join("\nkemudi: ", failures));
    }
    return 0;
  }

  private static UserError alreadyRunning(DataDirectory directory) throws IOException {
    String url = ClusterFile.read(directory.clusterFile()).map(ClusterFile::apiUrl).orElse("");
    return new UserError(
        "a cluster already runs from "
            + directory.root()
            + (url.isEmpty() ? "" : " at " + url)
            + ": use it, or stop it with `kemudi down`");
  }
}
