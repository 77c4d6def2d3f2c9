package io.kemudi.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One request on a channel: an HTTP/1.1 connection, or an HTTP/2 stream's own channel.
final class NettyExchange implements HttpExchange {
  private final ExchangeHandler owner;
  private final Channel channel;
  private final HttpRequest request;
  private final Headers headers = new Headers();
  private final String path;
  private final String query;
  final InboundBytes body;

  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean detached;
  private volatile @Nullable ChannelOutput output;

  // guarded by this
  private final List<Runnable> onClose = new ArrayList<>(1);
  private final List<Runnable> onDrain = new ArrayList<>(0);
  private boolean over;
  private boolean draining;

  NettyExchange(ExchangeHandler owner, Channel channel, HttpRequest request) {
    this.owner = owner;
    this.channel = channel;
    this.request = request;
    this.body = new InboundBytes(owner::demand);
    for (var field : request.headers()) {
      headers.add(field.getKey(), field.getValue());
    }
    String target = originForm(request.uri());
    int mark = target.indexOf('?');
    path = mark < 0 ? target : target.substring(0, mark);
    query = mark < 0 ? "" : target.substring(mark + 1);
  }

  /// A proxy's `GET https://host/path` names the path like a plain `GET /path` (RFC 9112, 3.2.2).
  private static String originForm(String target) {
    int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
    if (scheme < 0) {
      return target;
    }
    int slash = target.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String query() {
    return query;
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public String protocol() {
    return owner.http2() ? "HTTP/2.0" : request.protocolVersion().text();
  }

  @Override
  public boolean secure() {
    return owner.peer().secure();
  }

  @Override
  public List<X509Certificate> peerCertificates() {
    return owner.peer().certificates();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return owner.peer().address();
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public byte[] readBody(int limitBytes) throws IOException {
    String declared = headers.first("content-length");
    if (declared != null && HttpUtil.getContentLength(request, 0L) > limitBytes) {
      throw new BodyTooLargeException(limitBytes);
    }
    byte[] bytes = body.readNBytes(limitBytes);
    if (bytes.length == limitBytes && body.read() >= 0) {
      throw new BodyTooLargeException(limitBytes);
    }
    return bytes;
  }

  @Override
  public void respond(int status, Headers fields, byte[] bytes) throws IOException {
    answerOnce();
    boolean head = method().equals("HEAD");
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
    copy(fields, response.headers());
    if (status != 204 && status != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
    }
    owner.prepare(response);
    channel.writeAndFlush(response).addListener(_ -> owner.finish(this));
  }

  @Override
  public ResponseStream respondStreaming(int status, Headers fields) throws IOException {
    answerOnce();
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    copy(fields, response.headers());
    if (!fields.has("content-length")) {
      HttpUtil.setTransferEncodingChunked(response, true);
    }
    owner.prepare(response);
    var form = method().equals("HEAD") ? ChannelOutput.Form.HEAD : ChannelOutput.Form.HTTP;
    var stream = new ChannelOutput(channel, form, owner.limits().write(), () -> owner.finish(this));
    output = stream;
    channel.writeAndFlush(response, channel.voidPromise());
    if (!channel.isActive()) {
      stream.changed(true);
    }
    return stream;
  }

  @Override
  public RawStream upgrade(Headers fields) throws IOException {
    if (owner.http2()) {
      throw new IOException("an HTTP/2 request cannot be upgraded");
    }
    answerOnce();
    var response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    copy(fields, response.headers());
    return owner.upgrade(this, response);
  }

  @Override
  public void detach() {
    detached = true;
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (this) {
      if (!over) {
        onClose.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public void onDrain(Runnable action) {
    synchronized (this) {
      if (!draining) {
        onDrain.add(action);
        return;
      }
    }
    Thread.ofVirtual().name("drain").start(action);
  }

  @Override
  public synchronized boolean closed() {
    return over;
  }

  boolean keepAlive() {
    return HttpUtil.isKeepAlive(request);
  }

  boolean asksForUpgrade() {
    return headers.hasToken("connection", "upgrade");
  }

  /// The handler returned, or threw.
  void handlerDone(@Nullable Throwable thrown) {
    ChannelOutput open = output;
    if (!answered.get()) {
      respondFailure();
    } else if (thrown != null && open != null) {
      open.abort();
    } else if (open != null && !detached) {
      try {
        open.close();
      } catch (IOException e) {
        // the client is gone, and with it whoever could be told
      }
    }
  }

  private void respondFailure() {
    byte[] text = "internal error\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try {
      respond(500, Headers.of("Content-Type", "text/plain; charset=utf-8"), text);
    } catch (IOException e) {
      // the client is gone, and with it whoever could be told
    }
  }

  void writabilityChanged() {
    ChannelOutput open = output;
    if (open != null) {
      open.changed(false);
    }
  }

  /// Runs the close actions; the channel may live on for the next request.
  void over(boolean channelGone) {
    ChannelOutput open = output;
    if (open != null && channelGone) {
      open.changed(true);
    }
    List<Runnable> actions;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      actions = List.copyOf(onClose);
      onClose.clear();
    }
    actions.forEach(Runnable::run);
  }

  void drain() {
    List<Runnable> actions;
    synchronized (this) {
      if (draining) {
        return;
      }
      draining = true;
      actions = List.copyOf(onDrain);
      onDrain.clear();
    }
    actions.forEach(action -> Thread.ofVirtual().name("drain").start(action));
  }

  private void answerOnce() throws IOException {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException(method() + " " + path + " was answered twice");
    }
    if (!channel.isActive()) {
      throw new IOException("the client closed the connection");
    }
  }

  private static void copy(Headers from, HttpHeaders to) {
    from.forEach(to::add);
  }
}
