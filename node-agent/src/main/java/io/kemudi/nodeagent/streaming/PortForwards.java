package io.kemudi.nodeagent.streaming;

import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.RawStream;
import io.kemudi.http.WebSocket;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Port-forward: the client opens a pair of SPDY streams (errors, data) for each connection, over
/// SPDY or over SPDY inside a WebSocket; each pair becomes a session of its own at the runtime.
final class PortForwards {
  private static final Logger log = LoggerFactory.getLogger(PortForwards.class);
  private static final String PROTOCOL = "portforward.k8s.io";
  private static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";
  private static final int QUEUE = 64;
  private static final long ERRORS_SECONDS = 1; // semi-arbitrary: the data has ended already
  private static final byte[] END = new byte[0];

  private final Runtime runtime;
  private final PodContainersLookup lookup;
  private final RuntimeStreams streams;

  PortForwards(Runtime runtime, PodContainersLookup lookup, RuntimeStreams streams) {
    this.runtime = runtime;
    this.lookup = lookup;
    this.streams = streams;
  }

  void handle(HttpExchange exchange, List<String> path, Query query) throws Exception {
    if (path.size() < 3) {
      throw new Refusal(404, "want /portForward/NAMESPACE/POD");
    }
    Pod pod = lookup.pod(path.get(1), path.get(2));
    String sandbox = lookup.sandbox(pod);
    RawStream connection;
    if (WebSocket.isRequested(exchange)) {
      if (!WebSocket.offeredProtocols(exchange).contains(TUNNEL)) {
        throw new Refusal(400, "unable to upgrade: want the subprotocol " + TUNNEL);
      }
      connection =
          new WebSocketTunnel(WebSocket.accept(exchange, TUNNEL, WebSocketLink.MAX_MESSAGE_BYTES));
    } else {
      connection = StreamSessions.acceptSpdy(exchange, PROTOCOL);
    }
    try (connection) {
      var pairs = new ConcurrentHashMap<String, Pair>();
      SpdySession.server(connection, (stream, headers) -> accept(sandbox, pairs, stream, headers))
          .run();
    }
  }

  /// What the client has opened for one connection so far.
  private static final class Pair {
    final int port;
    final BlockingQueue<byte[]> inward = new ArrayBlockingQueue<>(QUEUE);
    SpdySession.@Nullable Stream error;
    SpdySession.@Nullable Stream data;
    volatile boolean over;

    Pair(int port) {
      this.port = port;
    }

    void put(byte[] bytes) throws InterruptedException {
      while (!over && !inward.offer(bytes, 100, TimeUnit.MILLISECONDS)) {}
    }
  }

  private SpdySession.@Nullable Receiver accept(
      String sandbox, Map<String, Pair> pairs, SpdySession.Stream stream, Headers headers) {
    String type = headers.first("streamType", "");
    String id = headers.first("requestID", headers.first("port", ""));
    int port = port(headers.first("port", ""));
    if (port == 0 || !(type.equals("error") || type.equals("data"))) {
      return null;
    }
    Pair pair = pairs.computeIfAbsent(id, _ -> new Pair(port));
    if (type.equals("error")) {
      pair.error = stream;
      return new Discard();
    }
    pair.data = stream;
    Thread.ofVirtual()
        .name("port-forward-" + port)
        .start(() -> {
          try {
            forward(sandbox, pair);
          } finally {
            pair.over = true;
            pairs.remove(id);
          }
        });
    return new SpdySession.Receiver() {
      @Override
      public void data(byte[] bytes) throws InterruptedException {
        pair.put(bytes);
      }

      @Override
      public void end() throws InterruptedException {
        pair.put(END);
      }
    };
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port < 65536 ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// Nothing is expected from the client on error streams.
  private static final class Discard implements SpdySession.Receiver {
    @Override
    public void data(byte[] bytes) {}

    @Override
    public void end() {}
  }

  private void forward(String sandbox, Pair pair) {
    SpdySession.Stream data = pair.data;
    SpdySession.Stream error = pair.error;
    if (data == null || error == null) {
      return; // clients open the error stream first
    }
    String failure = "";
    try (Tunnel tunnel = open(sandbox, pair.port)) {
      Thread in =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (byte[] b = pair.inward.take(); b.length > 0; b = pair.inward.take()) {
                    tunnel.send(b);
                  }
                  tunnel.end();
                } catch (IOException e) {
                  log.debug("port {}: {}", pair.port, e.toString());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      for (byte[] b = tunnel.receive(); b != null; b = tunnel.receive()) {
        data.send(b, 0, b.length);
      }
      in.interrupt();
      failure = tunnel.failure();
    } catch (IOException | RuntimeFailure e) {
      failure = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      if (!failure.isEmpty()) {
        byte[] text =
            ("error forwarding port " + pair.port + ": " + failure)
                .getBytes(StandardCharsets.UTF_8);
        error.send(text, 0, text.length);
      }
      error.end();
      data.end();
    } catch (IOException e) {
      log.debug("port {}: the client is gone: {}", pair.port, e.toString());
    }
  }

  /// One connection into a pod, at the runtime.
  private interface Tunnel extends AutoCloseable {
    /// Null at the end.
    byte @Nullable [] receive() throws IOException, InterruptedException;

    void send(byte[] bytes) throws IOException;

    void end() throws IOException;

    String failure() throws InterruptedException;

    @Override
    void close();
  }

  private Tunnel open(String sandbox, int port) throws IOException {
    var request = PortForwardRequest.newBuilder().setPodSandboxId(sandbox).addPort(port).build();
    if (!streams.speaksSpdy()) {
      // containerd takes both; a session over WebSocket cannot tell the end of one direction, so
      // it is used only where there is nothing else.
      try {
        RawStream raw = streams.upgrade(runtime.portForward(request), PROTOCOL);
        streams.found(true);
        return new SpdyTunnel(raw, port);
      } catch (HttpConnection.RefusedException e) {
        log.debug("the runtime's streaming server has no SPDY: {}", e.toString());
      }
      return new WebSocketPort(
          streams.webSocket(runtime.portForward(request), List.of("v4.channel.k8s.io", PROTOCOL)));
    }
    return new SpdyTunnel(streams.upgrade(runtime.portForward(request), PROTOCOL), port);
  }

  private static final class SpdyTunnel implements Tunnel {
    private final SpdySession session;
    private final BlockingQueue<byte[]> outward = new ArrayBlockingQueue<>(QUEUE);
    private final StringBuffer failure = new StringBuffer();
    private final CountDownLatch errorsEnded = new CountDownLatch(1);
    private final SpdySession.Stream data;
    private volatile boolean over;

    SpdyTunnel(RawStream connection, int port) throws IOException {
      session = SpdySession.client(connection);
      Thread.ofVirtual()
          .start(() -> {
            try {
              session.run();
              put(END);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      String number = Integer.toString(port);
      Headers error = Headers.of("streamType", "error", "port", number, "requestID", "0");
      SpdySession.Stream errors =
          session.open(
              error,
              new SpdySession.Receiver() {
                @Override
                public void data(byte[] bytes) {
                  failure.append(new String(bytes, StandardCharsets.UTF_8));
                }

                @Override
                public void end() {
                  errorsEnded.countDown();
                }
              });
      errors.end();
      data =
          session.open(
              Headers.of("streamType", "data", "port", number, "requestID", "0"),
              new SpdySession.Receiver() {
                @Override
                public void data(byte[] bytes) throws InterruptedException {
                  put(bytes);
                }

                @Override
                public void end() throws InterruptedException {
                  put(END);
                }
              });
    }

    private void put(byte[] bytes) throws InterruptedException {
      while (!over && !outward.offer(bytes, 100, TimeUnit.MILLISECONDS)) {}
    }

    @Override
    public byte @Nullable [] receive() throws InterruptedException {
      byte[] bytes = outward.take();
      return bytes.length == 0 ? null : bytes;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      data.send(bytes, 0, bytes.length);
    }

    @Override
    public void end() throws IOException {
      data.end();
    }

    /// The end of the data may overtake the reason for it.
    @Override
    public String failure() throws InterruptedException {
      boolean all = errorsEnded.await(ERRORS_SECONDS, TimeUnit.SECONDS);
      log.trace("errors told in full: {}", all);
      return failure.toString();
    }

    @Override
    public void close() {
      over = true;
      session.close();
    }
  }

  /// Channel 0 is data and 1 errors; the first message on each tells the port.
  private static final class WebSocketPort implements Tunnel {
    private final WebSocket socket;
    private final boolean[] opened = new boolean[2];
    private String failure = "";

    WebSocketPort(WebSocket socket) {
      this.socket = socket;
    }

    @Override
    public byte @Nullable [] receive() throws IOException {
      while (socket.receive() instanceof WebSocket.Message.Binary(byte[] b)) {
        if (b.length < 1 || b[0] < 0 || b[0] > 1) {
          continue;
        }
        if (!opened[b[0]]) {
          opened[b[0]] = true;
        } else if (b[0] == 1) {
          failure = new String(b, 1, b.length - 1, StandardCharsets.UTF_8);
          return null;
        } else if (b.length > 1) {
          return java.util.Arrays.copyOfRange(b, 1, b.length);
        }
      }
      return null;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      socket.sendChannel(0, bytes, 0, bytes.length);
    }

    @Override
    public void end() {}

    @Override
    public String failure() {
      return failure;
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
