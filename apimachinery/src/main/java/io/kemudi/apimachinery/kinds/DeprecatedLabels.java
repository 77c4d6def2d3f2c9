package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.NodeSelector;
import io.kemudi.kubernetes.node.v1.RuntimeClass;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Labels of nodes that have newer names, and the advice to use those.
final class DeprecatedLabels {
  private static final Map<String, String> ADVICE =
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

  private DeprecatedLabels() {}

  static List<String> warnings(RuntimeClass runtime) {
    List<String> warnings = new ArrayList<>();
    for (String key : new TreeSet<>(runtime.getScheduling().getNodeSelectorMap().keySet())) {
      if (ADVICE.containsKey(key)) {
        warnings.add("scheduling.nodeSelector: " + key + " is " + ADVICE.get(key));
      }
    }
    return warnings;
  }

  static List<String> warnings(StorageClass storageClass) {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < storageClass.getAllowedTopologiesCount(); i++) {
      var expressions = storageClass.getAllowedTopologies(i).getMatchLabelExpressionsList();
      for (int j = 0; j < expressions.size(); j++) {
        warn(
            "allowedTopologies[" + i + "].matchLabelExpressions[" + j + "].key",
            expressions.get(j).getKey(),
            warnings);
      }
    }
    return warnings;
  }

  /// `path` is that of the list of terms.
  static void warn(NodeSelector selector, String path, List<String> warnings) {
    for (int i = 0; i < selector.getNodeSelectorTermsCount(); i++) {
      var expressions = selector.getNodeSelectorTerms(i).getMatchExpressionsList();
      for (int j = 0; j < expressions.size(); j++) {
        String place = path + "[" + i + "].matchExpressions[" + j + "].key";
        warn(place, expressions.get(j).getKey(), warnings);
      }
    }
  }

  private static void warn(String path, String key, List<String> warnings) {
    if (ADVICE.containsKey(key)) {
      warnings.add(path + ": " + key + " is " + ADVICE.get(key));
    }
  }
}
