package io.kemudi.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP/1.1 and HTTP/2 over TLS, or HTTP/1.1 in plain text. Event loops move bytes; every request
/// is handled on a virtual thread of its own. Every method may be called from any thread.
public final class HttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  /// Queued bytes of one connection at which writers wait, and at which they go on.
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final HttpServerConfig config;
  private final HttpHandler handler;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  // exchanges and upgraded streams that are open
  private final Set<Object> open = ConcurrentHashMap.newKeySet();

  private volatile @Nullable SslContext tls;
  private volatile boolean draining;
  private @Nullable MultiThreadIoEventLoopGroup loops;
  private @Nullable Channel listener;

  public HttpServer(HttpServerConfig config, HttpHandler handler) throws IOException {
    this.config = config;
    this.handler = handler;
    TlsMaterial material = config.tls();
    if (material != null) {
      tls = NettyTls.server(config, material);
    }
  }

  /// Listens.
  ///
  /// @throws IOException naming the address when it cannot be had
  public synchronized void start() throws IOException {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> kind =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    var group =
        new MultiThreadIoEventLoopGroup(
            threads, Thread.ofPlatform().daemon().name(config.name() + "-io-", 0).factory(), io);
    loops = group;
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(kind)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
            .childHandler(new Connection())
            .bind(config.bind())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      Throwable cause = bound.cause();
      throw new IOException(
          config.name() + " cannot listen on " + config.bind() + ": " + cause.getMessage(), cause);
    }
    listener = bound.channel();
  }

  /// The port it listens on.
  public int port() {
    return address().getPort();
  }

  public synchronized InetSocketAddress address() {
    Channel channel = listener;
    if (channel == null) {
      throw new IllegalStateException(config.name() + " is not started");
    }
    return (InetSocketAddress) channel.localAddress();
  }

  /// Uses the new key and certificate for connections from now on.
  public void reload(TlsMaterial material) throws IOException {
    if (tls == null) {
      throw new IllegalStateException(config.name() + " listens in plain text");
    }
    tls = NettyTls.server(config, material);
  }

  /// Stops listening, tells clients to go elsewhere, waits for running requests up to the drain
  /// limit, then cuts what is left.
  @Override
  public synchronized void close() {
    MultiThreadIoEventLoopGroup group = loops;
    if (group == null || draining) {
      return;
    }
    draining = true;
    if (listener != null) {
      listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    for (Object each : open) {
      if (each instanceof NettyExchange exchange) {
        exchange.drain();
      }
    }
    for (Channel connection : connections) {
      connection.eventLoop().execute(() -> drain(connection));
    }
    awaitQuiet();
    connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private void awaitQuiet() {
    long deadline = System.nanoTime() + config.limits().drain().toNanos();
    while (!open.isEmpty() && System.nanoTime() - deadline < 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void drain(Channel connection) {
    if (connection.pipeline().get(Http2FrameCodec.class) != null) {
      connection.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    } else {
      ExchangeHandler exchanges = connection.pipeline().get(ExchangeHandler.class);
      if (exchanges != null) {
        exchanges.drain();
      }
    }
  }

  String name() {
    return config.name();
  }

  HttpHandler handler() {
    return handler;
  }

  HttpServerConfig.Limits limits() {
    return config.limits();
  }

  boolean draining() {
    return draining;
  }

  void opened(Object exchange) {
    open.add(exchange);
    if (draining && exchange instanceof NettyExchange late) {
      late.drain();
    }
  }

  void closed(Object exchange) {
    open.remove(exchange);
  }

  /// Builds the pipeline of a new connection.
  private final class Connection extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      connections.add(channel);
      SslContext context = tls;
      long idleMs = limits().idle().toMillis();
      channel.pipeline().addLast(new IdleStateHandler(idleMs, 0, 0, TimeUnit.MILLISECONDS));
      if (context == null) {
        http1(channel, new ExchangeHandler.Peer(address(channel), false, List.of()));
        return;
      }
      SslHandler ssl = context.newHandler(channel.alloc());
      ssl.setHandshakeTimeoutMillis(10_000);
      channel.pipeline().addLast(ssl);
      channel.pipeline().addLast(new Negotiation(ssl));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("connection refused: {}", cause.toString());
      ctx.close();
    }
  }

  /// Chooses the protocol when the handshake is done.
  private final class Negotiation extends ApplicationProtocolNegotiationHandler {
    private final SslHandler ssl;

    Negotiation(SslHandler ssl) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.ssl = ssl;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
      super.channelActive(ctx);
      ctx.read();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
      super.handlerAdded(ctx);
      if (ctx.channel().isActive()) {
        ctx.read();
      }
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      Channel channel = ctx.channel();
      var peer =
          new ExchangeHandler.Peer(address(channel), true, NettyTls.peerCertificates(ssl.engine()));
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(channel, peer);
      } else {
        http1(channel, peer);
      }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("TLS handshake with {}: {}", ctx.channel().remoteAddress(), cause.toString());
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void http1(Channel channel, ExchangeHandler.Peer peer) {
    var decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits().headerBytes())
            .setMaxHeaderSize(limits().headerBytes());
    channel
        .pipeline()
        .addLast(new HttpServerCodec(decoder), new ExchangeHandler(this, peer, false));
  }

  private void http2(Channel channel, ExchangeHandler.Peer peer) {
    Http2Settings settings =
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(limits().streamsPerConnection())
            .maxHeaderListSize(limits().headerBytes())
            .initialWindowSize(256 * 1024);
    var codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(settings)
            .decoderEnforceMaxRstFramesPerWindow(limits().resetsPerWindow(), 30)
            .gracefulShutdownTimeoutMillis(limits().drain().toMillis())
            .build();
    var streams =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream.config().setAutoRead(false);
            stream
                .pipeline()
                .addLast(
                    new Http2StreamFrameToHttpObjectCodec(true),
                    new ExchangeHandler(HttpServer.this, peer, true));
          }
        };
    channel.pipeline().addLast(codec, new Http2MultiplexHandler(streams), new IdleHttp2(codec));
    // the streams hold back what is not wanted; the connection itself always reads
    channel.config().setAutoRead(true);
  }

  /// Says goodbye to an HTTP/2 connection on which nothing happens.
  private static final class IdleHttp2 extends io.netty.channel.ChannelInboundHandlerAdapter {
    private final Http2FrameCodec codec;

    IdleHttp2(Http2FrameCodec codec) {
      this.codec = codec;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof IdleStateEvent && codec.connection().numActiveStreams() == 0) {
        ctx.close();
      }
      io.netty.util.ReferenceCountUtil.release(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      io.netty.util.ReferenceCountUtil.release(
          message); // connection frames: the codec acted on them
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("HTTP/2 connection from {}: {}", ctx.channel().remoteAddress(), cause.toString());
      ctx.close();
    }
  }

  private static InetSocketAddress address(Channel channel) {
    SocketAddress remote = channel.remoteAddress();
    return remote instanceof InetSocketAddress inet ? inet : new InetSocketAddress(0);
  }
}
