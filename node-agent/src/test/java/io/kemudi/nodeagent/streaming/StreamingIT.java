package io.kemudi.nodeagent.streaming;

import static io.kemudi.nodeagent.podworker.Pods.container;
import static io.kemudi.nodeagent.podworker.Pods.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerMetadata;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.LinuxContainerConfig;
import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.LinuxPodSandboxConfig;
import io.kemudi.cri.v1.LinuxSandboxSecurityContext;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxMetadata;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.http.RawStream;
import io.kemudi.http.WebSocket;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.posix.Posix;
import io.kemudi.nodeagent.runtime.Containerd;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Exec and port-forward through the agent into a real containerd, in the protocols that clients
/// speak.
@Timeout(120)
class StreamingIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir static Path logs;
  private static Containerd containerd;
  private static HttpServer server;

  @BeforeAll
  static void start() throws Exception {
    containerd = Containerd.start();
    Pod.Builder pod = pod("web");
    pod.getSpecBuilder().addContainers(container("app"));
    run(containerd.runtime());
    Path netns = Path.of("/run/netns", containerd.netns());
    var streams =
        new RuntimeStreams(
            (to, limit) -> Posix.inNetworkNamespace(netns, () -> HttpConnection.dial(to, limit)));
    var lookup =
        new PodContainersLookup("n1", containerd.runtime(), new FixedPods(List.of(pod.build())));
    var sessions = new StreamSessions(containerd.runtime(), lookup, streams);
    server =
        new HttpServer(
            HttpServerConfig.plain(
                "test", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            exchange ->
                sessions.handle(
                    exchange,
                    Arrays.stream(exchange.path().substring(1).split("/", -1)).toList(),
                    new Query(exchange.query())));
    server.start();
  }

  private static void run(CriRuntime runtime) throws Exception {
    var namespaces = NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER);
    PodSandboxConfig sandbox =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName("web")
                    .setNamespace("default")
                    .setUid("uid-web"))
            .setHostname("web")
            .setLogDirectory(logs.toString())
            .putAllLabels(Labels.ofPod("n1", "uid-web"))
            .setLinux(
                LinuxPodSandboxConfig.newBuilder()
                    .setSecurityContext(
                        LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
            .build();
    String id = runtime.runPodSandbox(sandbox, "");
    Files.createDirectories(logs.resolve("app"));
    ContainerConfig config =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName("app"))
            .setImage(
                ImageSpec.newBuilder()
                    .setImage(
                        Objects.requireNonNull(runtime.imageStatus(Containerd.IMAGE)).getId()))
            .addAllCommand(List.of("/bin/nc", "-ll", "-p", "8080", "-e", "/bin/cat"))
            .putAllLabels(Labels.ofPod("n1", "uid-web"))
            .setLogPath("app/0.log")
            .setLinux(
                LinuxContainerConfig.newBuilder()
                    .setSecurityContext(
                        LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
            .build();
    String container = runtime.createContainer(id, config, sandbox);
    runtime.startContainer(container);
    // 1F90 is 8080 in hexadecimal, 0A the state LISTEN.
    List<String> listens =
        List.of("sh", "-c", "until grep -q ':1F90 .* 0A' /proc/net/tcp*; do sleep 0.05; done");
    runtime.execSync(container, listens, LIMIT);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
    if (containerd != null) {
      containerd.close();
    }
  }

  private static ChannelLink exec(String protocol, String query, StreamOptions options)
      throws Exception {
    HttpConnection connection =
        HttpConnection.dial(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), LIMIT);
    String target = "/exec/default/web/app?" + query;
    if (!protocol.equals("SPDY")) {
      return new WebSocketLink(
          WebSocket.connect(connection, target, new Headers(), List.of(protocol), 1 << 20));
    }
    return SpdyLink.open(spdy(connection, target, "v4.channel.k8s.io"), options);
  }

  private static RawStream spdy(HttpConnection connection, String target, String protocol)
      throws Exception {
    connection.send(
        "POST",
        target,
        Headers.of(
            "Connection", "Upgrade",
            "Upgrade", "SPDY/3.1",
            "Content-Length", "0",
            "X-Stream-Protocol-Version", protocol));
    return connection.upgraded(connection.receiveHead());
  }

  /// All that came on each channel until the session ended.
  private static String[] all(ChannelLink link) throws Exception {
    var text = new String[ChannelLink.CHANNELS];
    Arrays.fill(text, "");
    for (var piece = link.receive(); piece != null; piece = link.receive()) {
      byte[] bytes = piece.bytes();
      if (bytes != null) {
        text[piece.channel()] += new String(bytes, StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  @ParameterizedTest
  @ValueSource(strings = {"v5.channel.k8s.io", "v4.channel.k8s.io", "SPDY"})
  void runsACommandAndTellsItsOutputsAndExitCode(String protocol) throws Exception {
    var options = new StreamOptions(false, true, true, false);
    String query =
        "output=1&error=1&command=sh&command=-c&command=echo+out%3B+echo+err+1%3E%262%3B+exit+3";
    try (ChannelLink link = exec(protocol, query, options)) {
      String[] said = all(link);

      assertThat(said[ChannelLink.STDOUT]).isEqualTo("out\n");
      assertThat(said[ChannelLink.STDERR]).isEqualTo("err\n");
      assertThat(said[ChannelLink.ERROR])
          .contains("\"status\":\"Failure\"")
          .contains("\"reason\":\"NonZeroExitCode\"")
          .contains("\"reason\":\"ExitCode\",\"message\":\"3\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v5.channel.k8s.io", "SPDY"})
  void endsStandardInputWhenTheClientDoes(String protocol) throws Exception {
    var options = new StreamOptions(true, true, false, false);
    try (ChannelLink link = exec(protocol, "input=1&output=1&command=cat", options)) {
      link.send(ChannelLink.STDIN, "hello".getBytes(StandardCharsets.UTF_8));
      link.end(ChannelLink.STDIN);

      String[] said = all(link);

      assertThat(said[ChannelLink.STDOUT]).isEqualTo("hello");
      assertThat(said[ChannelLink.ERROR]).contains("\"status\":\"Success\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v5.channel.k8s.io", "SPDY"})
  void carriesMuchOutputWhole(String protocol) throws Exception {
    var options = new StreamOptions(false, true, false, false);
    String query =
        "output=1&command=dd&command=if%3D%2Fdev%2Fzero&command=bs%3D65536&command=count%3D64";
    try (ChannelLink link = exec(protocol, query, options)) {
      assertThat(all(link)[ChannelLink.STDOUT]).hasSize(4 << 20);
    }
  }

  @Test
  void resizesATerminal() throws Exception {
    var options = new StreamOptions(true, true, false, true);
    String query = "input=1&output=1&tty=1&command=sh";
    try (ChannelLink link = exec("v5.channel.k8s.io", query, options)) {
      link.send(
          ChannelLink.RESIZE, "{\"Width\":123,\"Height\":45}".getBytes(StandardCharsets.UTF_8));
      // Repeated, as the size may arrive after the first question.
      link.send(
          ChannelLink.STDIN,
          "until stty size | grep '45 123'; do sleep 0.1; done; exit\n"
              .getBytes(StandardCharsets.UTF_8));

      assertThat(all(link)[ChannelLink.STDOUT]).contains("45 123\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "SPDY"})
  void forwardsAPort(String protocol) throws Exception {
    HttpConnection connection =
        HttpConnection.dial(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), LIMIT);
    String target = "/portForward/default/web";
    RawStream raw =
        protocol.equals("SPDY")
            ? spdy(connection, target, "portforward.k8s.io")
            : new WebSocketTunnel(
                WebSocket.connect(
                    connection,
                    target,
                    new Headers(),
                    List.of("SPDY/3.1+portforward.k8s.io"),
                    1 << 20));
    try (SpdySession session = SpdySession.client(raw)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              session.run();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      for (int i = 0; i < 2; i++) {
        assertThat(echo(session, 8080, "7" + i)).isEqualTo("hello");
      }
      assertThat(echo(session, 8081, "9")).contains("error forwarding port 8081");
    }
  }

  /// Sends a word over one connection; what came back, as data or as the error.
  private static String echo(SpdySession session, int port, String id) throws Exception {
    BlockingQueue<String> back = new ArrayBlockingQueue<>(16);
    var receiver =
        new SpdySession.Receiver() {
          @Override
          public void data(byte[] bytes) {
            back.add(new String(bytes, StandardCharsets.UTF_8));
          }

          @Override
          public void end() {}
        };
    String number = Integer.toString(port);
    session.open(Headers.of("streamType", "error", "port", number, "requestID", id), receiver);
    SpdySession.Stream data =
        session.open(Headers.of("streamType", "data", "port", number, "requestID", id), receiver);
    byte[] word = "hello".getBytes(StandardCharsets.UTF_8);
    data.send(word, 0, word.length);
    String answer = back.poll(20, TimeUnit.SECONDS);
    data.end();
    return String.valueOf(answer);
  }
}
