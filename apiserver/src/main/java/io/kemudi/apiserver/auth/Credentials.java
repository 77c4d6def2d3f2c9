package io.kemudi.apiserver.auth;

import io.kemudi.http.Headers;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client showed of itself: an unchecked certificate chain (empty for none) and the bearer
/// token, if any; and the headers, by which a front proxy tells of somebody else.
public record Credentials(
    List<X509Certificate> chain, @Nullable String bearerToken, Headers headers) {
  /// Of a client that is no proxy.
  public Credentials(List<X509Certificate> chain, @Nullable String bearerToken) {
    this(chain, bearerToken, Headers.of());
  }

  public Credentials {
    chain = List.copyOf(chain);
  }

  /// Never shows the token.
  @Override
  public String toString() {
    return "Credentials[" + chain.size() + " certificates, token " + (bearerToken != null) + "]";
  }
}
