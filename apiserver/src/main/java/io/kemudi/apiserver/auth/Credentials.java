package io.kemudi.apiserver.auth;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client showed of itself: an unchecked certificate chain (empty for none) and the bearer
/// token, if any.
public record Credentials(List<X509Certificate> chain, @Nullable String bearerToken) {
  public Credentials {
    chain = List.copyOf(chain);
  }

  /// Never shows the token.
  @Override
  public String toString() {
    return "Credentials[" + chain.size() + " certificates, token " + (bearerToken != null) + "]";
  }
}
