package io.kemudi.nodeagent.streaming;

import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.RawStream;
import io.kemudi.http.WebSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Sessions at the runtime's streaming server. It is asked for a WebSocket of version 5 first; one
/// that does not have it (containerd 1.6 knows version 4, which cannot end standard input) is
/// spoken to in SPDY, which all of them do.
public final class RuntimeStreams {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// How a streaming server is reached.
  @FunctionalInterface
  public interface Dialer {
    HttpConnection dial(InetSocketAddress to, Duration limit) throws IOException;
  }

  private final Dialer dialer;
  private volatile boolean spdy;

  public RuntimeStreams(Dialer dialer) {
    this.dialer = dialer;
  }

  /// @param url asks the runtime for an address, which is good for one use
  ChannelLink open(Supplier<String> url, StreamOptions options) throws IOException {
    if (!spdy) {
      try {
        return new WebSocketLink(webSocket(url.get(), List.of(WebSocketLink.V5)));
      } catch (HttpConnection.RefusedException e) {
        spdy = true;
      }
    }
    return SpdyLink.open(upgrade(url.get(), SpdyLink.V4), options);
  }

  boolean speaksSpdy() {
    return spdy;
  }

  void found(boolean isSpdy) {
    spdy = isSpdy;
  }

  WebSocket webSocket(String url, List<String> protocols) throws IOException {
    URI uri = URI.create(url);
    HttpConnection connection = dial(uri);
    try {
      return WebSocket.connect(
          connection, target(uri), new Headers(), protocols, WebSocketLink.MAX_MESSAGE_BYTES);
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  RawStream upgrade(String url, String protocol) throws IOException {
    URI uri = URI.create(url);
    HttpConnection connection = dial(uri);
    try {
      connection.send(
          "POST",
          target(uri),
          Headers.of(
              "Connection", "Upgrade",
              "Upgrade", "SPDY/3.1",
              "Content-Length", "0",
              "X-Stream-Protocol-Version", protocol));
      return connection.upgraded(connection.receiveHead());
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private HttpConnection dial(URI uri) throws IOException {
    return dialer.dial(new InetSocketAddress(uri.getHost(), uri.getPort()), LIMIT);
  }

  private static String target(URI uri) {
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + "?" + uri.getRawQuery();
  }
}
