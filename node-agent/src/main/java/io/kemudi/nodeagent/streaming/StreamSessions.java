package io.kemudi.nodeagent.streaming;

import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.RawStream;
import io.kemudi.http.WebSocket;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.status.PodContainers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Exec, attach and port-forward. The client's protocol ends here and the runtime's begins here, so
/// that any client works with any runtime.
final class StreamSessions {
  private static final Logger log = LoggerFactory.getLogger(StreamSessions.class);

  private final Runtime runtime;
  private final PodContainersLookup lookup;
  private final RuntimeStreams streams;
  private final PortForwards portForwards;

  StreamSessions(Runtime runtime, PodContainersLookup lookup, RuntimeStreams streams) {
    this.runtime = runtime;
    this.lookup = lookup;
    this.streams = streams;
    portForwards = new PortForwards(runtime, lookup, streams);
  }

  void handle(HttpExchange exchange, List<String> path, Query query) throws Exception {
    if (path.getFirst().equals("portForward")) {
      portForwards.handle(exchange, path, query);
      return;
    }
    // The container is the last part; some callers put the pod's uid before it.
    if (path.size() < 4 || path.size() > 5) {
      throw new Refusal(404, "want /" + path.getFirst() + "/NAMESPACE/POD/CONTAINER");
    }
    Pod pod = lookup.pod(path.get(1), path.get(2));
    String name = path.getLast();
    String id = lookup.running(pod, name);
    StreamOptions options = StreamOptions.of(query);
    if (!options.stdin() && !options.stdout() && !options.stderr()) {
      throw new Refusal(400, "you must specify at least 1 of stdin, stdout, stderr");
    }
    Supplier<String> url =
        path.getFirst().equals("exec")
            ? execUrl(id, query.all("command"), options)
            : attachUrl(id, options, PodContainers.find(pod.getSpec(), name));
    String first = url.get(); // a refusal is still an HTTP answer now
    var once = new OnceThenAgain(first, url);
    ChannelLink client = accept(exchange, options);
    try (client;
        ChannelLink backend = openOrTell(client, once, options)) {
      bridge(client, backend);
    } catch (IOException e) {
      log.debug("a session of {} ended: {}", name, e.toString());
    }
  }

  private Supplier<String> execUrl(String id, List<String> command, StreamOptions options) {
    if (command.isEmpty()) {
      throw new Refusal(400, "you must specify a command");
    }
    ExecRequest request =
        ExecRequest.newBuilder()
            .setContainerId(id)
            .addAllCmd(command)
            .setTty(options.tty())
            .setStdin(options.stdin())
            .setStdout(options.stdout())
            .setStderr(options.stderr())
            .build();
    return () -> runtime.exec(request);
  }

  private Supplier<String> attachUrl(
      String id, StreamOptions options, @org.jspecify.annotations.Nullable Container container) {
    AttachRequest request =
        AttachRequest.newBuilder()
            .setContainerId(id)
            // Attaching to a terminal is for the container to offer, not for the client to ask.
            .setTty(options.tty() && container != null && container.getTty())
            .setStdin(options.stdin())
            .setStdout(options.stdout())
            .setStderr(options.stderr())
            .build();
    return () -> runtime.attach(request);
  }

  /// The address that was asked for already, then new ones.
  private static final class OnceThenAgain implements Supplier<String> {
    private String first;
    private final Supplier<String> again;

    OnceThenAgain(String first, Supplier<String> again) {
      this.first = first;
      this.again = again;
    }

    @Override
    public String get() {
      String now = first;
      first = "";
      return now.isEmpty() ? again.get() : now;
    }
  }

  private static ChannelLink accept(HttpExchange exchange, StreamOptions options)
      throws IOException, InterruptedException {
    if (WebSocket.isRequested(exchange)) {
      List<String> offered = WebSocket.offeredProtocols(exchange);
      for (String protocol : List.of(WebSocketLink.V5, WebSocketLink.V4)) {
        if (offered.contains(protocol)) {
          return new WebSocketLink(
              WebSocket.accept(exchange, protocol, WebSocketLink.MAX_MESSAGE_BYTES));
        }
      }
      throw new Refusal(
          400, "unable to upgrade: want the subprotocol v5.channel.k8s.io or v4.channel.k8s.io");
    }
    return SpdyLink.accept(acceptSpdy(exchange, SpdyLink.V4), options);
  }

  /// Answers a SPDY upgrade, if the protocol is among those that the client offers.
  static RawStream acceptSpdy(HttpExchange exchange, String protocol) throws IOException {
    Headers headers = exchange.headers();
    if (!headers.hasToken("connection", "upgrade") || !headers.hasToken("upgrade", "SPDY/3.1")) {
      throw new Refusal(400, "unable to upgrade: want a WebSocket or SPDY/3.1");
    }
    List<String> offered = headers.list("x-stream-protocol-version");
    if (!offered.isEmpty() && !offered.contains(protocol)) {
      throw new Refusal(
          403, "unable to upgrade: want the stream protocol " + protocol + ", not " + offered);
    }
    return exchange.upgrade(
        Headers.of(
            "Connection", "Upgrade",
            "Upgrade", "SPDY/3.1",
            "X-Stream-Protocol-Version", protocol));
  }

  private ChannelLink openOrTell(ChannelLink client, Supplier<String> url, StreamOptions options)
      throws IOException {
    try {
      return streams.open(url, options);
    } catch (IOException | RuntimeFailure e) {
      String status =
          "{\"metadata\":{},\"status\":\"Failure\",\"message\":"
              + new String(
                  io.kemudi.apimachinery.codec.Json.write(String.valueOf(e.getMessage())),
                  StandardCharsets.UTF_8)
              + ",\"reason\":\"InternalError\",\"code\":500}";
      client.send(ChannelLink.ERROR, status.getBytes(StandardCharsets.UTF_8));
      throw e;
    }
  }

  /// Copies what each side says to the other until the runtime has said all, or the client is gone.
  private static void bridge(ChannelLink client, ChannelLink backend)
      throws IOException, InterruptedException {
    Thread upstream =
        Thread.ofVirtual()
            .name("stream-in")
            .start(() -> {
              try {
                copyIn(client, backend);
              } catch (IOException e) {
                log.debug("the client's side ended: {}", e.toString());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      for (var piece = backend.receive(); piece != null; piece = backend.receive()) {
        byte[] bytes = piece.bytes();
        if (bytes != null) {
          client.send(piece.channel(), bytes);
        }
        // The verdict comes last, and ends the session.
        if (piece.channel() == ChannelLink.ERROR) {
          drain(client, backend);
          break;
        }
      }
      for (int channel : List.of(ChannelLink.STDOUT, ChannelLink.STDERR, ChannelLink.ERROR)) {
        client.end(channel);
      }
    } finally {
      upstream.interrupt();
    }
  }

  /// Streams are carried side by side: outputs may still come when the verdict is here already.
  private static void drain(ChannelLink client, ChannelLink backend)
      throws IOException, InterruptedException {
    if (backend instanceof WebSocketLink) {
      return; // one row of messages, and the verdict is its last
    }
    for (var piece = backend.receive(); piece != null; piece = backend.receive()) {
      byte[] bytes = piece.bytes();
      if (bytes != null) {
        client.send(piece.channel(), bytes);
      }
    }
  }

  private static void copyIn(ChannelLink client, ChannelLink backend)
      throws IOException, InterruptedException {
    for (var piece = client.receive(); piece != null; piece = client.receive()) {
      boolean inward =
          piece.channel() == ChannelLink.STDIN || piece.channel() == ChannelLink.RESIZE;
      byte[] bytes = piece.bytes();
      if (inward && bytes != null) {
        backend.send(piece.channel(), bytes);
      } else if (piece.channel() == ChannelLink.STDIN) {
        backend.end(ChannelLink.STDIN);
      }
    }
    backend.close(); // the client is gone: so is the session
  }
}
