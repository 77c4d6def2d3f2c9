package io.kemudi.http;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509ExtendedTrustManager;

/// Makes Netty's TLS contexts: BoringSSL where its library is on the class path (a handshake costs
/// a quarter), else the JDK's.
final class NettyTls {
  private NettyTls() {}

  static SslContext server(HttpServerConfig config, TlsMaterial material) throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(
                  material.key(), material.chain().toArray(X509Certificate[]::new))
              .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2,
                      ApplicationProtocolNames.HTTP_1_1));
      return clientCertificates(builder, config).build();
    } catch (SSLException e) {
      throw new IOException(config.name() + ": unusable TLS material: " + e.getMessage(), e);
    }
  }

  private static SslContextBuilder clientCertificates(
      SslContextBuilder builder, HttpServerConfig config) {
    return switch (config.clientCertificates()) {
      case NONE -> builder.clientAuth(ClientAuth.NONE);
      case REQUESTED ->
          builder
              .clientAuth(ClientAuth.OPTIONAL)
              .trustManager(new AcceptAnything(config.clientAuthorities()));
      case REQUIRED ->
          builder
              .clientAuth(ClientAuth.REQUIRE)
              .trustManager(config.clientAuthorities().toArray(X509Certificate[]::new));
    };
  }

  static List<X509Certificate> peerCertificates(SSLEngine engine) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : engine.getSession().getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
      return List.copyOf(chain);
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /// Leaves the judgement of a client's certificate to the handler
  /// ([ClientCertificates#REQUESTED]); never used to trust a server.
  private static final class AcceptAnything extends X509ExtendedTrustManager {
    private final List<X509Certificate> issuers;

    AcceptAnything(List<X509Certificate> issuers) {
      this.issuers = issuers;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException("trusts no server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      throw new UnsupportedOperationException("trusts no server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw new UnsupportedOperationException("trusts no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return issuers.toArray(X509Certificate[]::new);
    }
  }
}
