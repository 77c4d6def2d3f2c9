package io.kemudi.apiserver.server;

import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.auth.AnonymousAccess;
import io.kemudi.apiserver.auth.RequestHeaderAuthenticator;
import io.kemudi.apiserver.registry.User;
import io.kemudi.http.TlsMaterial;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an API server needs to know to start.
///
/// @param bind port 0 takes a free one
/// @param externalAddress `host:port` where clients reach it; "" means the bound address
/// @param serving its own certificate
/// @param clientAuthorities who signs users' certificates
/// @param accounts how service account tokens are made and checked
/// @param kubeletClient the certificate it shows to node agents
/// @param kubeletAuthorities who signs node agents' serving certificates
/// @param staticTokens bearer token -> user
/// @param authentication who is known beside holders of certificates and tokens
/// @param auditor records requests; the caller's to close, after the server
/// @param core what concerns the part below the fronts
public record ApiServerConfig(
    InetSocketAddress bind,
    String externalAddress,
    TlsMaterial serving,
    List<X509Certificate> clientAuthorities,
    Accounts accounts,
    TlsMaterial kubeletClient,
    List<X509Certificate> kubeletAuthorities,
    Map<String, User> staticTokens,
    Authentication authentication,
    Auditor auditor,
    ApiCoreConfig core) {
  /// @param issuer the `iss` of tokens, upstream's default being
  ///   `https://kubernetes.default.svc.cluster.local`
  /// @param audiences what tokens for this API server are for; empty means the issuer
  /// @param publicKeys verify tokens; the first belongs to the signing key
  public record Accounts(
      String issuer, List<String> audiences, PrivateKey signingKey, List<PublicKey> publicKeys) {
    public Accounts {
      audiences = List.copyOf(audiences);
      publicKeys = List.copyOf(publicKeys);
    }

    /// Never shows the key.
    @Override
    public String toString() {
      return "Accounts[" + issuer + "]";
    }
  }

  /// With the default authentication and without an audit.
  public ApiServerConfig(
      InetSocketAddress bind,
      String externalAddress,
      TlsMaterial serving,
      List<X509Certificate> clientAuthorities,
      Accounts accounts,
      TlsMaterial kubeletClient,
      List<X509Certificate> kubeletAuthorities,
      Map<String, User> staticTokens,
      ApiCoreConfig core) {
    this(
        bind,
        externalAddress,
        serving,
        clientAuthorities,
        accounts,
        kubeletClient,
        kubeletAuthorities,
        staticTokens,
        Authentication.DEFAULT,
        Auditor.NONE,
        core);
  }

  /// @param anonymous where clients that show nothing are let in
  /// @param requestHeader the front proxies that are believed; null for none
  public record Authentication(
      AnonymousAccess anonymous, RequestHeaderAuthenticator.@Nullable Settings requestHeader) {
    /// Upstream's.
    public static final Authentication DEFAULT =
        new Authentication(AnonymousAccess.EVERYWHERE, null);
  }

  public ApiServerConfig {
    clientAuthorities = List.copyOf(clientAuthorities);
    kubeletAuthorities = List.copyOf(kubeletAuthorities);
    staticTokens = Map.copyOf(staticTokens);
  }

  /// Never shows the tokens.
  @Override
  public String toString() {
    return "ApiServerConfig[" + bind + ", " + staticTokens.size() + " static tokens]";
  }
}
