package io.kemudi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Debian's etcd on loopback, with a data directory that outlives the process.
final class EtcdServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/etcd");

  private final List<String> command;
  private final Path log;
  private final URI endpoint;
  private Process process;

  private EtcdServer(List<String> command, Path log, URI endpoint) throws IOException {
    this.command = command;
    this.log = log;
    this.endpoint = endpoint;
    process = launch();
  }

  /// Skips the test when etcd is not installed, except in CI.
  static void require() {
    boolean installed = Files.isExecutable(PROGRAM);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(installed).as("%s is installed (package etcd-server)", PROGRAM).isTrue();
    }
    assumeTrue(installed, () -> PROGRAM + " is not installed (package etcd-server)");
  }

  static EtcdServer start(Path dir, String... options) throws IOException {
    int[] ports = freePorts(2);
    return start(dir, "http", ports[0], "one=http://127.0.0.1:" + ports[1], "one", options);
  }

  /// A member of a cluster; `peers` is etcd's `--initial-cluster`.
  static EtcdServer start(
      Path dir, String scheme, int clientPort, String peers, String name, String... options)
      throws IOException {
    require();
    Files.createDirectories(dir);
    var endpoint = URI.create(scheme + "://127.0.0.1:" + clientPort);
    String peer = peers.replaceAll("(^|.*,)" + name + "=([^,]*).*", "$2");
    var command = new ArrayList<String>();
    command.addAll(List.of(PROGRAM.toString(), "--name", name));
    command.addAll(List.of("--data-dir", dir.resolve("data").toString()));
    command.addAll(List.of("--listen-client-urls", endpoint.toString()));
    command.addAll(List.of("--advertise-client-urls", endpoint.toString()));
    command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
    command.addAll(List.of("--initial-cluster", peers));
    command.addAll(List.of("--max-request-bytes", "4194304"));
    // Restarted members find a leader sooner than with the second that is the default.
    command.addAll(List.of("--heartbeat-interval", "25", "--election-timeout", "250"));
    command.addAll(List.of(options));
    return new EtcdServer(command, dir.resolve("log"), endpoint);
  }

  static int[] freePorts(int count) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    int[] ports = new int[count];
    for (int i = 0; i < count; i++) {
      var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports[i] = socket.getLocalPort();
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  URI endpoint() {
    return endpoint;
  }

  /// As `kill -9`.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  void restart() throws IOException {
    process = launch();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
