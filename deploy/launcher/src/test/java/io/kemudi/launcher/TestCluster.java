package io.kemudi.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A real cluster for a test: `kemudi up` in a network namespace of its own, so that its bridges,
/// rules and ports meet nobody else's. Everything runs as the launcher runs it, from `target/lib`.
final class TestCluster implements AutoCloseable {
  static final Duration UP_LIMIT = Duration.ofSeconds(120);
  private static final String KUBECTL = System.getProperty("kemudi.test.kubectl", "kubectl");
  private static final String NOBODY = "65534";
  private static final List<String> AS_NOBODY =
      List.of(
          "setpriv",
          "--reuid",
          NOBODY,
          "--regid",
          NOBODY,
          "--clear-groups",
          "--inh-caps",
          "-all,+dac_read_search",
          "--ambient-caps",
          "-all,+dac_read_search",
          "env",
          "HOME=/nonexistent");
  private static final Duration FIELD_LIMIT = Duration.ofSeconds(30);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

  private final String namespace;
  private final Path dir;
  private final boolean ownNamespace;
  private final String kubectl;
  private boolean ordinaryUser;

  private TestCluster(String namespace, Path dir, boolean ownNamespace, String kubectl) {
    this.namespace = namespace;
    this.dir = dir;
    this.ownNamespace = ownNamespace;
    this.kubectl = kubectl;
  }

  /// For a cluster in a namespace that is there already and stays; nothing runs yet.
  static TestCluster in(String namespace) throws IOException {
    addUplink(namespace);
    // As every machine has; the embedded runtime gives the ranges of a cluster a route of their
    // own.
    Shell.ok(
        Duration.ofSeconds(10), "ip", "-n", namespace, "route", "add", "default", "dev", "up0");
    return new TestCluster(namespace, Files.createTempDirectory("kmd"), false, KUBECTL);
  }

  /// A namespace with loopback and one address, and no cluster in it yet.
  static TestCluster prepare() throws IOException {
    String name = "kmd" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 20));
    Path dir = Files.createTempDirectory("kmd");
    var cluster = new TestCluster(name, dir, true, KUBECTL);
    Duration limit = Duration.ofSeconds(10);
    Shell.ok(limit, "ip", "netns", "add", name);
    Shell.ok(limit, "ip", "-n", name, "link", "set", "lo", "up");
    addUplink(name);
    return cluster;
  }

  /// The machine's "uplink": a pair whose other end leads nowhere.
  private static void addUplink(String name) {
    Duration limit = Duration.ofSeconds(10);
    Shell.ok(limit, "ip", "-n", name, "link", "add", "up0", "type", "veth", "peer", "name", "up1");
    Shell.ok(limit, "ip", "-n", name, "addr", "add", "172.30.0.1/24", "dev", "up0");
    Shell.ok(limit, "ip", "-n", name, "link", "set", "up0", "up");
    Shell.ok(limit, "ip", "-n", name, "link", "set", "up1", "up");
  }

  /// From now on the launcher runs as nobody, who may read what is built here, wherever that is.
  TestCluster asOrdinaryUser() throws IOException {
    Shell.ok(Duration.ofSeconds(5), "chown", NOBODY + ":" + NOBODY, dir.toString());
    ordinaryUser = true;
    return this;
  }

  /// The numbers of the processes in the cluster's network namespace.
  List<Long> processes() {
    return Shell.ok(Duration.ofSeconds(10), "ip", "netns", "pids", namespace)
        .lines()
        .map(Long::parseLong)
        .toList();
  }

  /// This cluster through another kubectl. Only the original is to be closed.
  TestCluster through(Path program) {
    return new TestCluster(namespace, dir, false, program.toString());
  }

  /// A running cluster; `args` are those of `up` beside the data dir and `--detach`.
  static TestCluster up(String... args) throws IOException {
    TestCluster cluster = prepare();
    try {
      cluster.start(args);
      return cluster;
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  void start(String... args) {
    var command = new ArrayList<>(List.of("up", "--detach"));
    command.addAll(List.of(args));
    Shell.Result result = kemudi(UP_LIMIT, command.toArray(String[]::new));
    if (result.exitCode() != 0) {
      throw new AssertionError("up: " + result.all() + "\n" + log());
    }
  }

  Path dataDir() {
    return dir.resolve("data");
  }

  String log() {
    try (Stream<Path> logs = Files.list(dataDir().resolve("logs"))) {
      var text = new StringBuilder();
      for (Path log : logs.filter(Files::isRegularFile).toList()) {
        List<String> lines = Files.readAllLines(log);
        text.append("== ").append(log.getFileName()).append('\n');
        lines
            .subList(Math.max(0, lines.size() - 60), lines.size())
            .forEach(l -> text.append(l).append('\n'));
      }
      return text.toString();
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  /// A launcher command on this cluster's data dir.
  Shell.Result kemudi(Duration limit, String... args) {
    return kemudiIn(dataDir(), limit, args);
  }

  /// A launcher command in this cluster's network, on a data dir of its own.
  Shell.Result kemudiIn(Path dataDir, Duration limit, String... args) {
    var command = new ArrayList<>(inNamespace(ordinaryUser ? AS_NOBODY : List.of()));
    command.addAll(launcher());
    command.addAll(List.of(args));
    command.addAll(List.of("--data-dir", dataDir.toString()));
    return Shell.run(limit, Map.of(), command);
  }

  private static List<String> launcher() {
    Path lib = Path.of("target", "lib").toAbsolutePath();
    // As ./kemudi starts it: with --detach the output ends when the cluster is up.
    return List.of(
        Path.of("..", "..", "kemudi").toAbsolutePath().normalize().toString(),
        "--lib",
        lib.toString());
  }

  /// Runs kubectl as the administrator; it has to succeed.
  String kubectl(String... args) {
    Shell.Result result = tryKubectl(args);
    if (result.exitCode() != 0) {
      throw new AssertionError("kubectl " + String.join(" ", args) + ": " + result.all());
    }
    return result.out();
  }

  Shell.Result tryKubectl(String... args) {
    return Shell.run(COMMAND_LIMIT, environment(), kubectlCommand(args));
  }

  /// Applies a manifest, which has to succeed.
  void apply(String manifest) {
    Shell.Result result = kubectlWith(manifest, "apply", "-f", "-");
    if (result.exitCode() != 0) {
      throw new AssertionError("kubectl apply: " + result.all());
    }
  }

  /// One field of one object, empty while there is none.
  String field(String object, String jsonPath) {
    return tryKubectl("get", object, "-o", "jsonpath={" + jsonPath + "}").out();
  }

  /// Waits until the field reads so.
  void awaitField(String object, String jsonPath, String wanted) {
    eventually(
        FIELD_LIMIT,
        () -> field(object, jsonPath).equals(wanted),
        () ->
            object
                + " "
                + jsonPath
                + " is \""
                + field(object, jsonPath)
                + "\", not \""
                + wanted
                + "\"\n"
                + tryKubectl("describe", object).all()
                + log());
  }

  /// Feeds `input` to kubectl.
  Shell.Result kubectlWith(String input, String... args) {
    return Shell.run(COMMAND_LIMIT, environment(), kubectlCommand(args), input);
  }

  Shell.Running kubectlRunning(String... args) {
    return new Shell.Running(environment(), kubectlCommand(args));
  }

  private List<String> kubectlCommand(String... args) {
    var command = new ArrayList<>(inNamespace(List.of(kubectl)));
    command.addAll(List.of(args));
    return command;
  }

  private Map<String, String> environment() {
    return Map.of("KUBECONFIG", dataDir().resolve("kubeconfig").toString(), "HOME", dir.toString());
  }

  /// Any command inside the cluster's network namespace.
  Shell.Result inside(String... command) {
    return Shell.run(COMMAND_LIMIT, Map.of(), inNamespace(List.of(command)));
  }

  /// A program that runs beside the cluster, in its network namespace.
  Shell.Running insideRunning(String... command) {
    return new Shell.Running(Map.of(), inNamespace(List.of(command)));
  }

  private List<String> inNamespace(List<String> command) {
    // Not `ip netns exec`: it mounts /sys anew, which containers then see.
    var whole = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace, "--"));
    whole.addAll(command);
    return whole;
  }

  /// Waits for a condition that the cluster is working towards; `describe` says what was seen last.
  static void eventually(Duration limit, BooleanSupplier condition, Supplier<String> describe) {
    long endNs = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > endNs) {
        throw new AssertionError("not within " + limit + ": " + describe.get());
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      kemudi(Duration.ofSeconds(90), "down", "--purge", "--grace-period", "0s");
    } finally {
      if (ownNamespace) {
        Shell.run(Duration.ofSeconds(10), Map.of(), List.of("ip", "netns", "del", namespace));
      }
      Files.deleteIfExists(dir.resolve("data"));
      try (Stream<Path> rest = Files.walk(dir)) {
        rest.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      }
    }
  }
}
