package io.kemudi.apimachinery.kinds;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Labels of nodes that have newer names.
final class NodeLabels {
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "beta.kubernetes.io/arch",
          "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
          "beta.kubernetes.io/os",
          "deprecated since v1.14; use \"kubernetes.io/os\" instead",
          "failure-domain.beta.kubernetes.io/region",
          "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
          "failure-domain.beta.kubernetes.io/zone",
          "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
          "beta.kubernetes.io/instance-type",
          "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead");

  private NodeLabels() {}

  /// What to use in place of the label; null for one that is current.
  static @Nullable String deprecation(String label) {
    return DEPRECATED.get(label);
  }
}
