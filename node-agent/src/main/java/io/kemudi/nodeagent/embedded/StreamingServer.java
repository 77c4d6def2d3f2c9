package io.kemudi.nodeagent.embedded;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.http.WebSocket;
import io.kemudi.nodeagent.posix.Posix;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves exec, attach and port-forward sessions on loopback, over WebSocket with Kubernetes'
/// channel protocols. The CRI call leaves a request here and hands out its address; the address is
/// a secret, works once, and for a minute.
final class StreamingServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamingServer.class);
  private static final List<String> PROTOCOLS =
      List.of("v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io");

  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int RESIZE = 4;
  private static final int CLOSE = 255; // v5: the payload names the channel that ends

  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 32 * 1024;
  private static final int MAX_WAITING = 1000;
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(1);

  /// Chunks of output that may wait for a client of attach before it is cut off.
  private static final int ATTACH_QUEUE = 256;

  private record Waiting(Object request, long expiresNanos) {}

  private final Containers containers;
  private final Sandboxes sandboxes;
  private final Execs execs;
  private final PodNetwork network;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final HttpServer server;

  StreamingServer(Containers containers, Sandboxes sandboxes, Execs execs, PodNetwork network)
      throws IOException {
    this.containers = containers;
    this.sandboxes = sandboxes;
    this.execs = execs;
    this.network = network;
    this.server =
        new HttpServer(
            HttpServerConfig.plain(
                "runtime-streaming", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            this::handle);
  }

  void start() throws IOException {
    server.start();
  }

  @Override
  public void close() {
    server.close();
  }

  /// The address for one session.
  String addressOf(Object request) {
    long now = System.nanoTime();
    waiting.values().removeIf(w -> w.expiresNanos() - now < 0);
    if (waiting.size() >= MAX_WAITING) {
      throw new IllegalStateException(MAX_WAITING + " streaming sessions wait to be opened");
    }
    byte[] token = new byte[16];
    random.nextBytes(token);
    String name = HexFormat.of().formatHex(token);
    waiting.put(name, new Waiting(request, now + TOKEN_LIFE.toNanos()));
    String kind =
        switch (request) {
          case ExecRequest _ -> "exec";
          case AttachRequest _ -> "attach";
          default -> "portforward";
        };
    return "http://127.0.0.1:" + server.port() + "/" + kind + "/" + name;
  }

  private void handle(HttpExchange exchange) throws Exception {
    String token = exchange.path().substring(exchange.path().lastIndexOf('/') + 1);
    Waiting session = waiting.remove(token);
    if (session == null || session.expiresNanos() - System.nanoTime() < 0) {
      refuse(exchange, 404, "no such session, or it was opened already");
      return;
    }
    Optional<String> protocol =
        PROTOCOLS.stream().filter(WebSocket.offeredProtocols(exchange)::contains).findFirst();
    if (!WebSocket.isRequested(exchange) || protocol.isEmpty()) {
      refuse(exchange, 400, "want a WebSocket with one of the protocols " + PROTOCOLS);
      return;
    }
    try (WebSocket socket = WebSocket.accept(exchange, protocol.get(), MAX_MESSAGE_BYTES)) {
      switch (session.request()) {
        case ExecRequest exec -> exec(socket, exec);
        case AttachRequest attach -> attach(socket, attach);
        case PortForwardRequest forward -> portForward(socket, forward);
        default -> throw new IllegalStateException("unknown session " + session.request());
      }
    }
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    exchange.respond(
        status,
        Headers.of("Content-Type", "text/plain"),
        (why + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void exec(WebSocket socket, ExecRequest request) throws Exception {
    try (Execs.Session session =
        execs.open(
            containers.running(request.getContainerId()), request.getCmdList(), request.getTty())) {
      Process process = session.process();
      OutputStream stdin = process.getOutputStream();
      if (!request.getStdin()) {
        stdin.close();
      }
      Thread input =
          Thread.ofVirtual()
              .start(() ->
                  receive(
                      socket, request.getStdin() ? stdin : null, session::resize, session::close));
      Thread out =
          pump(socket, STDOUT, process.getInputStream(), request.getStdout() || request.getTty());
      Thread err = pump(socket, STDERR, process.getErrorStream(), request.getStderr());
      int code = process.waitFor();
      // What the command left in the background may hold its outputs: they get a moment.
      out.join(Duration.ofSeconds(2));
      err.join(Duration.ofSeconds(2));
      sendStatus(socket, code, "");
      input.interrupt();
    } catch (IOException | RuntimeException e) {
      sendStatus(socket, -1, String.valueOf(e.getMessage()));
    }
  }

  private interface Resizer {
    void resize(int columns, int rows) throws IOException;
  }

  /// Takes what the client sends until it goes away, and then runs `gone`.
  private static void receive(
      WebSocket socket, @Nullable OutputStream stdin, Resizer resizer, Runnable gone) {
    try {
      while (true) {
        switch (socket.receive()) {
          case WebSocket.Message.Binary(byte[] b) when b.length > 0 -> {
            int channel = b[0] & 0xff;
            if (channel == STDIN && stdin != null) {
              stdin.write(b, 1, b.length - 1);
              stdin.flush();
            } else if (channel == RESIZE) {
              resize(resizer, b);
            } else if (channel == CLOSE && b.length > 1 && b[1] == STDIN && stdin != null) {
              stdin.close();
            }
          }
          case WebSocket.Message.Binary _ -> {}
          case WebSocket.Message.Text _ -> {}
          case WebSocket.Message.Closed _ -> {
            gone.run();
            return;
          }
        }
      }
    } catch (IOException e) {
      gone.run();
    }
  }

  private static void resize(Resizer resizer, byte[] message) throws IOException {
    try {
      JsonObject size =
          JsonParser.parseString(new String(message, 1, message.length - 1, StandardCharsets.UTF_8))
              .getAsJsonObject();
      resizer.resize(size.get("Width").getAsInt(), size.get("Height").getAsInt());
    } catch (RuntimeException e) {
      LOG.debug("a resize that is not one is ignored: {}", e.toString());
    }
  }

  private static Thread pump(WebSocket socket, int channel, InputStream from, boolean wanted) {
    return Thread.ofVirtual()
        .start(() -> {
          byte[] buffer = new byte[BUFFER_BYTES];
          try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
              if (wanted) {
                socket.sendChannel(channel, buffer, 0, n);
              }
            }
          } catch (IOException e) {
            // the client or the process is gone; the waiting side notices
          }
        });
  }

  /// The last word of a session, on the error channel: a Status as kubectl reads it.
  private static void sendStatus(WebSocket socket, int exitCode, String failure) {
    JsonObject status = new JsonObject();
    status.add("metadata", new JsonObject());
    if (failure.isEmpty() && exitCode == 0) {
      status.addProperty("status", "Success");
    } else {
      status.addProperty("status", "Failure");
      status.addProperty(
          "message",
          failure.isEmpty()
              ? "command terminated with non-zero exit code: exit status " + exitCode
              : failure);
      status.addProperty("reason", failure.isEmpty() ? "NonZeroExitCode" : "InternalError");
      if (failure.isEmpty()) {
        JsonObject cause = new JsonObject();
        cause.addProperty("reason", "ExitCode");
        cause.addProperty("message", String.valueOf(exitCode));
        JsonArray causes = new JsonArray();
        causes.add(cause);
        JsonObject details = new JsonObject();
        details.add("causes", causes);
        status.add("details", details);
      } else {
        status.addProperty("code", 500);
      }
    }
    byte[] bytes = status.toString().getBytes(StandardCharsets.UTF_8);
    try {
      socket.sendChannel(ERROR, bytes, 0, bytes.length);
    } catch (IOException e) {
      // nobody listens any more
    }
  }

  private void attach(WebSocket socket, AttachRequest request) throws Exception {
    Container container = containers.running(request.getContainerId());
    Supervision supervision = container.supervision();
    if (supervision == null) {
      sendStatus(socket, -1, "container " + container.id() + " is not running");
      return;
    }
    ArrayBlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(ATTACH_QUEUE);
    Consumer<byte[]> out =
        request.getStdout() || request.getTty() ? to(queue, STDOUT, socket) : null;
    Consumer<byte[]> err =
        request.getStderr() && !request.getTty() ? to(queue, STDERR, socket) : null;
    Optional<OutputStream> stdin = request.getStdin() ? supervision.stdin() : Optional.empty();
    String terminal = "/proc/" + container.pid() + "/fd/0";
    supervision.attach(out, err);
    Thread.ofVirtual()
        .start(() ->
            receive(
                socket,
                stdin.orElse(null),
                (columns, rows) -> Execs.resize(terminal, columns, rows),
                socket::close));
    AtomicBoolean gone = new AtomicBoolean();
    socket.onClose(() -> gone.set(true));
    try {
      while (!gone.get() && (container.isRunning() || !queue.isEmpty())) {
        byte[] chunk = queue.poll(100, TimeUnit.MILLISECONDS);
        if (chunk != null) {
          socket.sendBinary(chunk);
        }
      }
      sendStatus(socket, 0, "");
    } finally {
      supervision.detach(out, err);
      if (request.getStdin() && container.config().getStdinOnce()) {
        supervision.closeStdin();
      }
    }
  }

  private static Consumer<byte[]> to(
      ArrayBlockingQueue<byte[]> queue, int channel, WebSocket socket) {
    return bytes -> {
      byte[] message = new byte[bytes.length + 1];
      message[0] = (byte) channel;
      System.arraycopy(bytes, 0, message, 1, bytes.length);
      if (!queue.offer(message)) {
        // Too slow: it may attach again, the log has everything.
        Thread.ofVirtual().start(socket::close);
      }
    };
  }

  /// Each port has two channels, data and error, numbered in the order of the ports; the first
  /// message on each tells the port, two bytes, low byte first.
  private void portForward(WebSocket socket, PortForwardRequest request) throws Exception {
    Sandbox sandbox = sandboxes.get(request.getPodSandboxId());
    List<Integer> ports = request.getPortList();
    Map<Integer, Socket> connections = new ConcurrentHashMap<>();
    try {
      for (int i = 0; i < ports.size(); i++) {
        int port = ports.get(i);
        byte[] number = {(byte) port, (byte) (port >> 8)};
        socket.sendChannel(2 * i, number, 0, 2);
        socket.sendChannel(2 * i + 1, number, 0, 2);
      }
      for (int i = 0; i < ports.size(); i++) {
        forwardOne(socket, sandbox, ports.get(i), 2 * i, connections);
      }
      while (socket.receive() instanceof WebSocket.Message.Binary(byte[] b)) {
        Socket connection = b.length > 0 ? connections.get((int) b[0]) : null;
        if (connection != null) {
          connection.getOutputStream().write(b, 1, b.length - 1);
        }
      }
    } catch (IOException e) {
      LOG.debug("port-forward to {} ended: {}", sandbox.id(), e.toString());
    } finally {
      for (Socket connection : connections.values()) {
        connection.close();
      }
    }
  }

  private void forwardOne(
      WebSocket socket, Sandbox sandbox, int port, int channel, Map<Integer, Socket> connections)
      throws IOException {
    SocketChannel connection;
    try {
      connection = connect(sandbox, port);
    } catch (IOException e) {
      byte[] why =
          ("cannot connect to port " + port + " of the pod: " + e.getMessage())
              .getBytes(StandardCharsets.UTF_8);
      socket.sendChannel(channel + 1, why, 0, why.length);
      return;
    }
    connections.put(channel, connection.socket());
    pump(socket, channel, Channels.newInputStream(connection), true);
  }

  private SocketChannel connect(Sandbox sandbox, int port) throws IOException {
    InetSocketAddress target = new InetSocketAddress("127.0.0.1", port);
    Optional<Path> namespace = sandbox.networkNamespace().or(network::nodeNamespace);
    return namespace.isPresent()
        ? Posix.inNetworkNamespace(namespace.get(), () -> SocketChannel.open(target))
        : SocketChannel.open(target);
  }
}
