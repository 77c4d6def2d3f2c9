package io.kemudi.store.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kemudi.http.TlsMaterial;
import io.kemudi.store.StoreException;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One channel to all members: calls go round those that answer. Calls made at the same time share
/// connections, so writes are pipelined.
final class EtcdChannel {
  private EtcdChannel() {}

  @SuppressWarnings("deprecation") // The other way to give several addresses is a global registry.
  static ManagedChannel open(EtcdConfig config) {
    URI first = config.endpoints().getFirst();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("kemudi-etcd:///" + first.getAuthority())
            .nameResolverFactory(new Endpoints(config.endpoints()))
            .defaultLoadBalancingPolicy("round_robin")
            // A range may be large; pages bound it, not the transport.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .disableRetry();
    EtcdConfig.Tls tls = config.tls();
    return tls == null
        ? builder.usePlaintext().build()
        : builder.sslContext(sslContext(tls)).build();
  }

  private static SslContext sslContext(EtcdConfig.Tls tls) {
    try {
      var context = GrpcSslContexts.forClient().trustManager(tls.ca().toFile());
      Path certificate = tls.certificate();
      Path key = tls.key();
      if (certificate != null && key != null) {
        var identity = TlsMaterial.read(certificate, key);
        context.keyManager(identity.key(), identity.chain());
      }
      return context.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException.Unusable(
          "cannot use the TLS files for etcd (%s): %s".formatted(files(tls), e.getMessage()), e);
    }
  }

  private static List<File> files(EtcdConfig.Tls tls) {
    var files = new ArrayList<File>(List.of(tls.ca().toFile()));
    if (tls.certificate() != null && tls.key() != null) {
      files.add(tls.certificate().toFile());
      files.add(tls.key().toFile());
    }
    return files;
  }

  /// A resolver that knows the members. Each keeps its own name for TLS to check.
  private static final class Endpoints extends NameResolver.Factory {
    private final List<URI> endpoints;

    Endpoints(List<URI> endpoints) {
      this.endpoints = endpoints;
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new Resolver(endpoints);
    }

    @Override
    public String getDefaultScheme() {
      return "kemudi-etcd";
    }
  }

  private static final class Resolver extends NameResolver {
    private final List<URI> endpoints;
    private NameResolver.@org.jspecify.annotations.Nullable Listener2 listener;

    Resolver(List<URI> endpoints) {
      this.endpoints = endpoints;
    }

    @Override
    public String getServiceAuthority() {
      return endpoints.getFirst().getAuthority();
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    /// Addresses may have changed when connections fail.
    @Override
    public void refresh() {
      var addresses = new ArrayList<EquivalentAddressGroup>();
      for (URI endpoint : endpoints) {
        var name =
            Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.getAuthority())
                .build();
        var address = new InetSocketAddress(endpoint.getHost(), endpoint.getPort());
        addresses.add(new EquivalentAddressGroup(address, name));
      }
      if (listener != null) {
        listener.onResult(
            ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(addresses))
                .build());
      }
    }

    @Override
    public void shutdown() {}
  }
}
