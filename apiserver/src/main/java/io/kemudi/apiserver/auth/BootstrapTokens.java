package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.User;
import io.kemudi.kubernetes.core.v1.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Knows the short-lived tokens (`abcdef.0123456789abcdef`) with which a machine joins: Secrets of
/// type `bootstrap.kubernetes.io/token` in kube-system.
public final class BootstrapTokens implements Authenticator {
  private static final Pattern FORM = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
  private static final String BOOTSTRAPPERS = "system:bootstrappers";

  private final Registry registry;
  private final InstantSource clock;

  public BootstrapTokens(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public @Nullable User authenticate(Credentials credentials) {
    String token = credentials.bearerToken();
    Matcher parts = FORM.matcher(token == null ? "" : token);
    if (!parts.matches()) {
      return null;
    }
    Secret secret =
        ServiceAccountTokens.read(
            registry,
            ResourceTypes.SECRETS,
            "kube-system",
            "bootstrap-token-" + parts.group(1),
            "");
    if (secret == null
        || !secret.getType().equals("bootstrap.kubernetes.io/token")
        || secret.getMetadata().hasDeletionTimestamp()
        || !value(secret, "token-id").equals(parts.group(1))
        || !sameText(value(secret, "token-secret"), parts.group(2))
        || !value(secret, "usage-bootstrap-authentication").equals("true")
        || expired(value(secret, "expiration"))) {
      return null;
    }
    List<String> groups = new ArrayList<>(List.of(BOOTSTRAPPERS));
    for (String group : value(secret, "auth-extra-groups").split(",", -1)) {
      if (group.strip().startsWith(BOOTSTRAPPERS + ":")) {
        groups.add(group.strip());
      }
    }
    return new User("system:bootstrap:" + parts.group(1), "", groups, Map.of());
  }

  private boolean expired(String expiration) {
    if (expiration.isEmpty()) {
      return false;
    }
    try {
      return clock.instant().isAfter(Instant.parse(expiration));
    } catch (DateTimeException e) {
      return true; // an unreadable date must not last for ever
    }
  }

  private static boolean sameText(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static String value(Secret secret, String key) {
    var bytes = secret.getDataMap().get(key);
    return bytes == null ? "" : bytes.toStringUtf8();
  }
}
