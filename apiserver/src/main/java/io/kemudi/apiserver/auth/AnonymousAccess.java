package io.kemudi.apiserver.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a client that shows nothing of itself is let in as `system:anonymous`, for the authorizer
/// to decide. Elsewhere it is refused as unauthorized.
///
/// @param paths exact paths; null for everywhere
public record AnonymousAccess(@Nullable Set<String> paths) {
  /// Upstream's default.
  public static final AnonymousAccess EVERYWHERE = new AnonymousAccess(null);

  public static final AnonymousAccess NOWHERE = new AnonymousAccess(Set.of());

  public AnonymousAccess {
    paths = paths == null ? null : Set.copyOf(paths);
  }

  public boolean allows(String path) {
    return paths == null || paths.contains(path);
  }
}
