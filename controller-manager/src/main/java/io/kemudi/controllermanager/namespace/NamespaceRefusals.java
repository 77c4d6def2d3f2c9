package io.kemudi.controllermanager.namespace;

import io.kemudi.apimachinery.errors.ApiException;

/// Tells refusals that no retry can cure.
public final class NamespaceRefusals {
  private static final String CAUSE = "NamespaceTerminating";

  private NamespaceRefusals() {}

  /// Whether an object was refused because its namespace is being deleted. Its owner goes as well,
  /// so there is nothing to do.
  public static boolean isGoing(ApiException refused) {
    return refused.details() != null
        && refused.details().causes().stream().anyMatch(c -> c.reason().equals(CAUSE));
  }
}
