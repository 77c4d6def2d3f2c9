package io.kemudi.nodeagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.WebSocket;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.embedded.image.TestImages;
import io.kemudi.nodeagent.embedded.image.TestImages.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sessions into containers, over WebSocket as kubectl speaks it; and images that are not the
/// machine's own. Needs root.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamingIT {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int RESIZE = 4;

  @SuppressWarnings("NullAway.Init") // start() comes first in every test
  private RuntimeHarness runtime;

  private void start(LowLevelRuntime low) throws IOException {
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(System.getProperty("user.name")).isEqualTo("root");
      assumeThat(low == LowLevelRuntime.UTIL_LINUX || Files.exists(Path.of("/usr/bin/crun")))
          .isTrue();
    }
    runtime = new RuntimeHarness(low);
  }

  @AfterEach
  void removeEverything() throws IOException {
    if (runtime != null) {
      runtime.close();
    }
  }

  private static WebSocket open(String address, String protocol) throws IOException {
    URI uri = URI.create(address);
    HttpConnection connection =
        HttpConnection.dial(
            new InetSocketAddress(uri.getHost(), uri.getPort()), Duration.ofSeconds(5));
    return WebSocket.connect(
        connection,
        uri.getPath(),
        Headers.of("Host", uri.getAuthority()),
        List.of(protocol),
        1 << 20);
  }

  private static void send(WebSocket socket, int channel, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    socket.sendChannel(channel, bytes, 0, bytes.length);
  }

  /// Everything until the end, by channel.
  private static Map<Integer, String> receiveAll(WebSocket socket) throws IOException {
    Map<Integer, ByteArrayOutputStream> channels = new TreeMap<>();
    while (socket.receive() instanceof WebSocket.Message.Binary(byte[] b)) {
      channels
          .computeIfAbsent((int) b[0], _ -> new ByteArrayOutputStream())
          .write(b, 1, b.length - 1);
    }
    Map<Integer, String> texts = new TreeMap<>();
    channels.forEach((c, bytes) -> texts.put(c, bytes.toString(StandardCharsets.UTF_8)));
    return texts;
  }

  private static String receiveUntil(WebSocket socket, int channel, String wanted)
      throws IOException {
    StringBuilder seen = new StringBuilder();
    while (!seen.toString().contains(wanted)
        && socket.receive() instanceof WebSocket.Message.Binary(byte[] b)) {
      if (b[0] == channel) {
        seen.append(new String(b, 1, b.length - 1, StandardCharsets.UTF_8));
      }
    }
    return seen.toString();
  }

  @ParameterizedTest
  @EnumSource(names = {"CRUN", "UTIL_LINUX"})
  void execCarriesBothOutputsTheInputAndTheExitCode(LowLevelRuntime low) throws Exception {
    start(low);
    String id = runtime.run("exec", runtime.container("c", "/bin/sleep", "1000").build());
    String address =
        runtime
            .cri()
            .exec(
                ExecRequest.newBuilder()
                    .setContainerId(id)
                    .addAllCmd(List.of("sh", "-c", "read x; echo got $x; echo oops >&2; exit 6"))
                    .setStdin(true)
                    .setStdout(true)
                    .setStderr(true)
                    .build());

    WebSocket socket = open(address, "v4.channel.k8s.io");
    send(socket, STDIN, "word\n");
    Map<Integer, String> channels = receiveAll(socket);

    assertThat(channels.get(STDOUT)).isEqualTo("got word\n");
    assertThat(channels.get(STDERR)).isEqualTo("oops\n");
    assertThat(channels.get(ERROR))
        .contains("\"NonZeroExitCode\"", "\"reason\":\"ExitCode\",\"message\":\"6\"");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRUN", "UTIL_LINUX"})
  void execWithATerminalFollowsTheWindowSize(LowLevelRuntime low) throws Exception {
    start(low);
    String id = runtime.run("tty", runtime.container("c", "/bin/sleep", "1000").build());
    String address =
        runtime
            .cri()
            .exec(
                ExecRequest.newBuilder()
                    .setContainerId(id)
                    .addAllCmd(List.of("sh"))
                    .setStdin(true)
                    .setStdout(true)
                    .setTty(true)
                    .build());

    WebSocket socket = open(address, "v5.channel.k8s.io");
    send(socket, STDIN, "test -t 0 && echo is a terminal; echo re''ady\n");
    String first = receiveUntil(socket, STDOUT, "ready");
    send(socket, RESIZE, "{\"Width\":101,\"Height\":42}");
    send(
        socket,
        STDIN,
        "until [ \"$(stty size)\" = '42 101' ]; do sleep 0.02; done; echo resi''zed; exit 3\n");
    String second = receiveUntil(socket, STDOUT, "resized");
    Map<Integer, String> rest = receiveAll(socket);

    assertThat(first).contains("is a terminal");
    assertThat(second).contains("resized");
    assertThat(rest.get(ERROR)).as(first + second + rest).contains("\"message\":\"3\"");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRUN", "UTIL_LINUX"})
  void attachSeesTheOutputAndFeedsTheInput(LowLevelRuntime low) throws Exception {
    start(low);
    var config =
        runtime
            .container(
                "c", "/bin/sh", "-c", "while read x; do echo heard $x; done; echo end of input")
            .setStdin(true)
            .setStdinOnce(true)
            .build();
    String id = runtime.run("attach", config);
    AttachRequest request =
        AttachRequest.newBuilder().setContainerId(id).setStdin(true).setStdout(true).build();

    WebSocket socket = open(runtime.cri().attach(request), "v4.channel.k8s.io");
    send(socket, STDIN, "hello\n");
    String seen = receiveUntil(socket, STDOUT, "heard hello");
    socket.close();

    assertThat(seen).contains("heard hello\n");
    assertThat(runtime.awaitExit(id).getExitCode()).isZero();
    assertThat(runtime.log(id)).contains("stdout F heard hello", "stdout F end of input");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRUN", "UTIL_LINUX"})
  void portForwardReachesWhatListensOnThePodsLoopbackOnly(LowLevelRuntime low) throws Exception {
    start(low);
    String serve =
        "import socket\ns=socket.create_server(('127.0.0.1',9000))\nprint('up',flush=True)\n"
            + "c,a=s.accept(); c.sendall(b'echo '+c.recv(99)); c.close()";
    String id =
        runtime.run("forward", runtime.container("c", "/usr/bin/python3", "-c", serve).build());
    while (!runtime.log(id).contains("up")) {
      Thread.sleep(20);
    }
    PortForwardRequest request =
        PortForwardRequest.newBuilder()
            .setPodSandboxId(runtime.sandboxOf("forward"))
            .addPort(9000)
            .build();

    WebSocket socket = open(runtime.cri().portForward(request), "v4.channel.k8s.io");
    send(socket, 0, "hello");
    String answer = receiveUntil(socket, 0, "hello");
    socket.close();

    assertThat(answer.getBytes(StandardCharsets.UTF_8)).startsWith((byte) 0x28, (byte) 0x23);
    assertThat(answer).endsWith("echo hello");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRUN", "UTIL_LINUX"})
  void runsAnImageFromAnArchiveWithItsOwnDefaultsAndDeletions(LowLevelRuntime low)
      throws Exception {
    start(low);
    Path busybox = Path.of("/bin/busybox");
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(busybox).exists();
    }
    byte[] base =
        new Tar()
            .file("bin/busybox", Files.readAllBytes(busybox), 0755)
            .link("bin/sh", "busybox")
            .link("bin/cat", "/bin/busybox")
            .link("bin/ls", "busybox")
            .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
            .file("data/doomed", "x")
            .file("data/kept", "kept")
            .bytes();
    byte[] next = new Tar().file("data/.wh.doomed", "").file("data/late", "late").bytes();
    var image =
        TestImages.image(
            List.of(
                "sh", "-c", "ls /data; cat /data/kept; echo $FROM $HOME; echo mine > /data/new"),
            List.of(base, next));
    Files.write(
        runtime.folder.resolve("root/images/archives/app.tar"), image.archive("example.com/app:1"));

    var config = runtime.container("c").clearImage();
    config.getImageBuilder().setImage("example.com/app:1");
    String id = runtime.run("image", config.build());

    assertThat(runtime.awaitExit(id).getExitCode()).as(runtime.log(id)).isZero();
    assertThat(runtime.log(id).lines().map(l -> l.replaceFirst(".* F ", "")))
        .containsExactly("kept", "late", "keptimage /root");
    var again = runtime.cri();
    PodSandboxConfig pod = runtime.pod("image").build();
    String second = again.createContainer(runtime.sandboxOf("image"), config.build(), pod);
    again.startContainer(second);
    assertThat(runtime.awaitExit(second).getExitCode()).isZero();
  }
}
