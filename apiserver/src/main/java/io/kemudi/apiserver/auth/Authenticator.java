package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.User;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells who a client is.
@FunctionalInterface
public interface Authenticator {
  String AUTHENTICATED = "system:authenticated";
  String UNAUTHENTICATED = "system:unauthenticated";
  User ANONYMOUS = User.of("system:anonymous", UNAUTHENTICATED);

  /// The user, or null when these credentials say nothing to this authenticator.
  ///
  /// @throws ApiException UNAUTHORIZED when they are of its kind and wrong
  @Nullable User authenticate(Credentials credentials);

  /// The first of the authenticators that knows the client. Credentials that nobody knows are
  /// refused; no credentials at all are the anonymous user.
  static Authenticator firstOf(List<Authenticator> authenticators) {
    List<Authenticator> all = List.copyOf(authenticators);
    return credentials -> {
      for (Authenticator each : all) {
        User user = each.authenticate(credentials);
        if (user != null) {
          return authenticated(user);
        }
      }
      if (credentials.bearerToken() != null || !credentials.chain().isEmpty()) {
        throw unauthorized();
      }
      return ANONYMOUS;
    };
  }

  static ApiException unauthorized() {
    return new ApiException(StatusReason.UNAUTHORIZED, "Unauthorized");
  }

  private static User authenticated(User user) {
    if (user.in(AUTHENTICATED)) {
      return user;
    }
    List<String> groups = new ArrayList<>(user.groups());
    groups.add(AUTHENTICATED);
    return new User(user.name(), user.uid(), groups, user.extra());
  }
}
