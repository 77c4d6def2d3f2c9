package io.kemudi.http;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where and how an [HttpServer] listens.
///
/// @param name names its threads
/// @param bind port 0 takes a free one
/// @param tls null listens in plain text (HTTP/1.1, and HTTP/2 by prior knowledge is refused)
/// @param clientAuthorities named to clients as the issuers wanted, and trusted where certificates
///   are required
public record HttpServerConfig(
    String name,
    InetSocketAddress bind,
    @Nullable TlsMaterial tls,
    ClientCertificates clientCertificates,
    List<X509Certificate> clientAuthorities,
    Limits limits) {
  public HttpServerConfig {
    clientAuthorities = List.copyOf(clientAuthorities);
    if (tls == null && clientCertificates != ClientCertificates.NONE) {
      throw new IllegalArgumentException("client certificates need TLS");
    }
    if (clientCertificates == ClientCertificates.REQUIRED && clientAuthorities.isEmpty()) {
      throw new IllegalArgumentException("required client certificates need an authority");
    }
  }

  public static HttpServerConfig plain(String name, InetSocketAddress bind) {
    return new HttpServerConfig(
        name, bind, null, ClientCertificates.NONE, List.of(), Limits.DEFAULT);
  }

  public static HttpServerConfig tls(
      String name,
      InetSocketAddress bind,
      TlsMaterial tls,
      ClientCertificates clientCertificates,
      List<X509Certificate> clientAuthorities) {
    return new HttpServerConfig(
        name, bind, tls, clientCertificates, clientAuthorities, Limits.DEFAULT);
  }

  public HttpServerConfig with(Limits limits) {
    return new HttpServerConfig(name, bind, tls, clientCertificates, clientAuthorities, limits);
  }

  /// @param headerBytes of one request's fields; also of its first line
  /// @param streamsPerConnection open HTTP/2 requests of one client
  /// @param resetsPerWindow streams that a client may reset in 30 s before it is cut off
  ///   (CVE-2023-44487)
  /// @param idle how long a connection may stay open without a request; also how long a client may
  ///   take to send a request's head
  /// @param write how long a client may read nothing while something waits for it
  /// @param drain how long closing waits for running requests
  public record Limits(
      int headerBytes,
      int streamsPerConnection,
      int resetsPerWindow,
      Duration idle,
      Duration write,
      Duration drain) {
    /// Go's server allows 1 MiB of header; no client of ours comes near an eighth of it.
    public static final Limits DEFAULT =
        new Limits(
            128 * 1024,
            250,
            200,
            Duration.ofMinutes(3),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    public Limits withDrain(Duration drain) {
      return new Limits(headerBytes, streamsPerConnection, resetsPerWindow, idle, write, drain);
    }
  }
}
