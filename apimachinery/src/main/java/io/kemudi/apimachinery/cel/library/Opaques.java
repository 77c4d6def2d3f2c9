package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.OpaqueType;
import io.kemudi.apimachinery.quantity.Quantity;
import java.net.URI;
import java.util.Map;
import java.util.Objects;

/// The types that only the libraries make values of, by upstream's names.
final class Opaques {
  static final OpaqueType QUANTITY = OpaqueType.create("kubernetes.Quantity");
  static final OpaqueType URL = OpaqueType.create("kubernetes.URL");
  static final OpaqueType IP = OpaqueType.create("net.IP");
  static final OpaqueType CIDR = OpaqueType.create("net.CIDR");
  static final OpaqueType SEMVER = OpaqueType.create("kubernetes.Semver");
  static final OpaqueType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
  static final OpaqueType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
  static final OpaqueType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
  static final OpaqueType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
  static final OpaqueType RESOURCE_CHECK =
      OpaqueType.create("kubernetes.authorization.ResourceCheck");
  static final OpaqueType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

  private static final Map<String, Class<?>> CLASSES =
      Map.ofEntries(
          Map.entry(QUANTITY.name(), Quantity.class),
          Map.entry(URL.name(), URI.class),
          Map.entry(IP.name(), Ip.class),
          Map.entry(CIDR.name(), Cidr.class),
          Map.entry(SEMVER.name(), Semver.class),
          Map.entry(FORMAT.name(), NamedFormat.class),
          Map.entry(AUTHORIZER.name(), CelAuthorizer.class),
          Map.entry(PATH_CHECK.name(), AuthorizerLibrary.PathCheck.class),
          Map.entry(GROUP_CHECK.name(), AuthorizerLibrary.GroupCheck.class),
          Map.entry(RESOURCE_CHECK.name(), AuthorizerLibrary.ResourceCheck.class),
          Map.entry(DECISION.name(), CelAuthorizer.Decision.class));

  private Opaques() {}

  static Class<?> javaClass(OpaqueType type) {
    return Objects.requireNonNullElse(CLASSES.get(type.name()), Object.class);
  }
}
