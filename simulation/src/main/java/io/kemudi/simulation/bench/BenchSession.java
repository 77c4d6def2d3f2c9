package io.kemudi.simulation.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server of ours for one benchmark: processes of its own, in a temporary directory, on loopback.
/// [#close] ends them and removes what they wrote.
final class BenchSession implements AutoCloseable {
  private static final long TOOL_LIMIT_SECONDS = 30;
  private static final long STOP_LIMIT_SECONDS = 10;

  /// Those of a server, so that a benchmark measures what runs elsewhere too.
  private static final List<String> JAVA_FLAGS =
      List.of(
          "-Xlog:disable",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Djdk.virtualThreadScheduler.parallelism=8");

  private final Path dir;
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Map<String, Long> pids = new LinkedHashMap<>();
  private double rawPerSecond;
  private double rawCpuMs;

  private BenchSession(Path dir) {
    this.dir = dir;
  }

  /// Starts a server on `sqlite` or on an `etcd` of its own.
  static BenchSession start(String store) throws IOException, InterruptedException {
    var session = new BenchSession(Files.createTempDirectory("kemudi-bench"));
    // An interrupted run cleans up as well.
    Runtime.getRuntime().addShutdownHook(new Thread(session::close));
    try {
      session.makeKey();
      session.startServer(store.equals("etcd") ? session.startEtcd() : null);
      return session;
    } catch (IOException | InterruptedException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  Path kubeconfig() {
    return dir.resolve(BenchServer.KUBECONFIG);
  }

  /// Process ids by name: `server`, and `store` where that is one.
  Map<String, Long> pids() {
    return Map.copyOf(pids);
  }

  /// Compare-and-set writes per second of the bare store, in this run.
  double rawPerSecond() {
    return rawPerSecond;
  }

  /// CPU of the process that wrote, per write; without that of an etcd.
  double rawCpuMs() {
    return rawCpuMs;
  }

  private void makeKey() throws IOException, InterruptedException {
    run(
        javaProgram("keytool"),
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=kube-apiserver",
        "-ext",
        "SAN=IP:127.0.0.1",
        "-validity",
        "2",
        "-keystore",
        dir.resolve(BenchServer.KEY_FILE).toString(),
        "-storepass",
        BenchServer.KEY_PASSWORD);
  }

  private String startEtcd() throws IOException {
    String client = "http://127.0.0.1:" + freePort();
    String peer = "http://127.0.0.1:" + freePort();
    var builder =
        new ProcessBuilder(
            "etcd",
            "--data-dir",
            dir.resolve("etcd").toString(),
            "--listen-client-urls",
            client,
            "--advertise-client-urls",
            client,
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            "default=" + peer,
            "--quota-backend-bytes",
            Long.toString(4L << 30),
            "--logger",
            "zap");
    builder.redirectErrorStream(true).redirectOutput(dir.resolve("etcd.log").toFile());
    try {
      Process etcd = builder.start();
      processes.push(etcd);
      pids.put("store", etcd.pid());
      return client;
    } catch (IOException e) {
      throw new IOException(
          "--store etcd needs the program etcd (Debian: apt-get install etcd-server)", e);
    }
  }

  private void startServer(@Nullable String etcd) throws IOException {
    var command = new java.util.ArrayList<String>();
    command.add(javaProgram("java"));
    command.addAll(JAVA_FLAGS);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BenchServer.class.getName(),
            dir.toString()));
    if (etcd != null) {
      command.add(etcd);
    }
    Path errors = dir.resolve("server.log");
    Process server = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    processes.push(server);
    pids.put("server", server.pid());
    var said =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("raw ")) {
        String[] words = line.split(" ");
        rawPerSecond = Double.parseDouble(words[1]);
        rawCpuMs = Double.parseDouble(words[2]);
      } else if (line.equals("ready")) {
        return;
      }
    }
    String log = Files.readString(errors);
    throw new IOException(
        "the server did not start: " + log.substring(Math.max(0, log.length() - 2000)));
  }

  private static String javaProgram(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private void run(String... command) throws IOException, InterruptedException {
    Path log = dir.resolve("tool.log");
    Process tool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!tool.waitFor(TOOL_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      tool.destroyForcibly();
      throw new IOException(command[0] + " did not end within " + TOOL_LIMIT_SECONDS + " s");
    }
    if (tool.exitValue() != 0) {
      throw new IOException(command[0] + " failed: " + Files.readString(log).strip());
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public synchronized void close() {
    while (!processes.isEmpty()) {
      Process process = processes.pop();
      process.destroy();
      try {
        if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    if (Files.exists(dir)) {
      deleteTree();
    }
  }

  private void deleteTree() {
    try {
      Files.walkFileTree(
          dir,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary directory " + dir + " is left behind", e);
    }
  }
}
