package io.kemudi.apiserver.auth;

import io.kemudi.apiserver.registry.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Knows a fixed list of bearer tokens. Holds their digests only, so that neither a heap dump nor
/// the time of a comparison tells one.
public final class StaticTokens implements Authenticator {
  /// SHA-256 of the token -> its user
  private final Map<String, User> users = new HashMap<>();

  public StaticTokens(Map<String, User> byToken) {
    byToken.forEach((token, user) -> users.put(digest(token), user));
  }

  @Override
  public @Nullable User authenticate(Credentials credentials) {
    String token = credentials.bearerToken();
    return token == null ? null : users.get(digest(token));
  }

  static String digest(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
