package io.kemudi.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last handler of a channel: turns HTTP objects into exchanges, one at a time, and starts a
/// virtual thread for each. The same code serves an HTTP/1.1 connection and the channel of one
/// HTTP/2 stream. Everything here runs on the event loop unless it says otherwise.
///
/// Nothing is read from the socket unless asked for: for the next request while idle, for body
/// bytes while the handler wants them, and once ahead after the request, because only a pending
/// read notices that the client went away.
final class ExchangeHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ExchangeHandler.class);

  /// An unread request body up to this size is swallowed to keep the connection; beyond it the
  /// connection (HTTP/2: the stream) is closed. Twice the API's largest request.
  private static final int SWALLOW_BYTES = 6 * 1024 * 1024;

  /// Who is at the other end of the connection.
  record Peer(InetSocketAddress address, boolean secure, List<X509Certificate> certificates) {}

  private final HttpServer server;
  private final Peer peer;
  private final boolean http2;
  // what a client pipelined behind the running request; one read's worth, as reading stops then
  private final Deque<Object> waiting = new ArrayDeque<>();

  private @Nullable Channel channel;
  private @Nullable NettyExchange current;
  private boolean requestComplete;
  private boolean responseComplete;
  private boolean closeAfter;
  private long swallowedBytes;

  ExchangeHandler(HttpServer server, Peer peer, boolean http2) {
    this.server = server;
    this.peer = peer;
    this.http2 = http2;
  }

  Peer peer() {
    return peer;
  }

  boolean http2() {
    return http2;
  }

  HttpServerConfig.Limits limits() {
    return server.limits();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    if (ctx.channel().isActive()) {
      ctx.read();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!waiting.isEmpty() || (current != null && requestComplete)) {
      waiting.add(message);
    } else {
      accept(ctx, message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    NettyExchange exchange = current;
    if (exchange == null || (!requestComplete && (responseComplete || exchange.body.wantsMore()))) {
      ctx.read();
    }
  }

  private void accept(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      begin(ctx, request);
    }
    NettyExchange exchange = current;
    if (message instanceof HttpContent content && exchange != null) {
      if (content.decoderResult().isFailure()) {
        exchange.body.fail(new IOException("the request body is malformed"));
        closeAfter = true;
      }
      swallow(ctx, content);
      exchange.body.offer(content.content()); // takes over the reference
      if (content instanceof LastHttpContent) {
        requestComplete = true;
        exchange.body.end();
        if (responseComplete) {
          next(ctx);
        } else if (!exchange.asksForUpgrade()) {
          ctx.read();
        }
      }
    } else if (!(message instanceof HttpRequest)) {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(ctx, request.decoderResult().cause());
      return;
    }
    NettyExchange exchange = new NettyExchange(this, ctx.channel(), request);
    current = exchange;
    requestComplete = false;
    responseComplete = false;
    swallowedBytes = 0;
    closeAfter |= !http2 && !exchange.keepAlive();
    if (HttpUtil.is100ContinueExpected(request)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
    server.opened(exchange);
    Thread.ofVirtual().name(server.name() + "-request").start(() -> run(exchange));
  }

  /// On the request's own thread.
  private void run(NettyExchange exchange) {
    Throwable thrown = null;
    try {
      server.handler().handle(exchange);
    } catch (Throwable e) {
      thrown = e;
      if (e instanceof IOException && exchange.closed()) {
        log.debug("{} {}: {}", exchange.method(), exchange.path(), e.getMessage());
      } else {
        log.warn("{} {} failed", exchange.method(), exchange.path(), e);
      }
    }
    exchange.handlerDone(thrown);
  }

  private void refuse(ChannelHandlerContext ctx, Throwable cause) {
    HttpResponseStatus status =
        switch (cause) {
          case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
          case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
          default -> HttpResponseStatus.BAD_REQUEST;
        };
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, "0");
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(response).addListener(_ -> ctx.close());
  }

  /// After the answer, what is left of the request body is read and thrown away, within a bound.
  private void swallow(ChannelHandlerContext ctx, HttpContent content) {
    if (responseComplete) {
      swallowedBytes += content.content().readableBytes();
      if (swallowedBytes > SWALLOW_BYTES && http2) {
        // the answer stands, only the rest of the request is unwanted (RFC 9113, 8.1)
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      } else if (swallowedBytes > SWALLOW_BYTES) {
        ctx.close();
      }
    }
  }

  /// Asks for one more read; from any thread.
  void demand() {
    Channel of = channel;
    if (of != null) {
      of.read();
    }
  }

  /// Adds what the connection itself needs to a response's head; from any thread.
  void prepare(HttpResponse response) {
    if (!http2 && (closeAfter || server.draining())) {
      response.headers().set(HttpHeaderNames.CONNECTION, "close");
    }
  }

  /// The last byte of the answer was handed to the socket.
  void finish(NettyExchange exchange) {
    exchange.over(false);
    server.closed(exchange);
    Channel of = channel;
    if (of == null || exchange != current) {
      return;
    }
    ChannelHandlerContext ctx = of.pipeline().context(this);
    if (ctx == null) {
      return;
    }
    responseComplete = true;
    exchange.body.discard();
    if (requestComplete) {
      next(ctx);
    } else {
      ctx.read();
    }
  }

  private void next(ChannelHandlerContext ctx) {
    if (http2) {
      return;
    }
    current = null;
    if (closeAfter || server.draining()) {
      ctx.close();
      return;
    }
    while (!waiting.isEmpty() && !(current != null && requestComplete)) {
      accept(ctx, waiting.remove());
    }
    if (current == null) {
      ctx.read();
    }
  }

  /// From the request's own thread: answers 101 and takes the HTTP codec out from under the bytes.
  RawStream upgrade(NettyExchange exchange, DefaultHttpResponse response) throws IOException {
    Channel of = java.util.Objects.requireNonNull(channel);
    NettyRawStream stream = new NettyRawStream(of, limits().write());
    var done =
        of.eventLoop()
            .submit(() -> {
              if (!of.isActive()) {
                throw new IOException("the client closed the connection");
              }
              of.writeAndFlush(response);
              of.pipeline().addLast(stream);
              of.pipeline().remove(this);
              of.pipeline().remove(HttpServerCodec.class);
              exchange.over(false);
              server.closed(exchange);
              server.opened(stream);
              stream.demand();
              return true;
            });
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during the upgrade", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("the upgrade failed: " + e.getCause(), e.getCause());
    }
    stream.onClose(() -> server.closed(stream));
    return stream;
  }

  /// Tells an idle connection to go, a busy one to go after its request.
  void drain() {
    closeAfter = true;
    Channel of = channel;
    if (of != null && current == null) {
      of.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (current != null) {
      current.writabilityChanged();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && current == null) {
      ctx.close();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    while (!waiting.isEmpty()) {
      ReferenceCountUtil.release(waiting.remove());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection from {}: {}", peer.address(), cause.toString());
    ctx.close();
  }

  private void gone() {
    NettyExchange exchange = current;
    if (exchange == null) {
      return;
    }
    if (!requestComplete) {
      exchange.body.fail(new IOException("the client closed the connection"));
    }
    exchange.over(true);
    server.closed(exchange);
  }
}
