package io.kemudi.apiserver.grpc;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.kemudi.apiserver.registry.User;
import io.kemudi.lifecycle.Component;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Serves the [ClusterService] to other processes over mutual TLS, or to this one without any
/// network.
public final class ClusterServer implements Component {
  private static final int MAX_REQUEST_BYTES = 16 << 20;
  private static final long GRACE_SECONDS = 5;

  private final String name;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private volatile boolean ready;

  private ClusterServer(
      String name, ServerBuilder<?> builder, ClusterService service, Identity who) {
    this.name = name;
    this.server =
        builder
            .executor(executor)
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            .addService(service)
            .intercept(who)
            .build();
  }

  /// On a port (0: any free one). `tls` has to demand client certificates: they say who calls.
  public static ClusterServer onPort(
      InetSocketAddress address, SslContext tls, ClusterService service) {
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address).sslContext(tls);
    return new ClusterServer("grpc", builder, service, Identity.ofCertificates());
  }

  /// For channels of `InProcessChannelBuilder.forName(name)`; all calls are `user`'s.
  public static ClusterServer inProcess(String name, User user, ClusterService service) {
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
    return new ClusterServer("grpc-" + name, builder, service, Identity.ofProcess(user));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    try {
      server.start();
      ready = true;
    } catch (IOException e) {
      throw new UncheckedIOException("the gRPC server cannot listen", e);
    }
  }

  /// The port listened on; -1 inside the process.
  public int port() {
    return server.getPort();
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    ready = false;
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdown();
  }
}
