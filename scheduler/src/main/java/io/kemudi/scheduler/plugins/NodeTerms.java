package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeSelectorRequirement;
import io.kemudi.kubernetes.core.v1.NodeSelectorTerm;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Matching nodes by their labels and names, as node selectors and node affinity say it.
final class NodeTerms {
  private NodeTerms() {}

  /// Whether the node is one that the pod's selector and required affinity ask for.
  static boolean required(Pod pod, Node node) {
    return selects(pod.getSpec().getNodeSelectorMap(), node) && anyTerm(pod, node);
  }

  private static boolean selects(Map<String, String> selector, Node node) {
    Map<String, String> labels = node.getMetadata().getLabelsMap();
    for (Map.Entry<String, String> wanted : selector.entrySet()) {
      if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean anyTerm(Pod pod, Node node) {
    var affinity = pod.getSpec().getAffinity().getNodeAffinity();
    if (!affinity.hasRequiredDuringSchedulingIgnoredDuringExecution()) {
      return true;
    }
    for (NodeSelectorTerm term :
        affinity.getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTermsList()) {
      if (matches(term, node)) {
        return true;
      }
    }
    return false;
  }

  /// An empty term matches nothing.
  static boolean matches(NodeSelectorTerm term, Node node) {
    if (term.getMatchExpressionsCount() == 0 && term.getMatchFieldsCount() == 0) {
      return false;
    }
    Map<String, String> labels = node.getMetadata().getLabelsMap();
    for (NodeSelectorRequirement requirement : term.getMatchExpressionsList()) {
      if (!matches(requirement, labels.get(requirement.getKey()))) {
        return false;
      }
    }
    for (NodeSelectorRequirement requirement : term.getMatchFieldsList()) {
      boolean isName = requirement.getKey().equals("metadata.name");
      if (!isName || !matches(requirement, node.getMetadata().getName())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(NodeSelectorRequirement requirement, @Nullable String value) {
    List<String> values = requirement.getValuesList();
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> compare(value, values) > 0;
      case "Lt" -> compare(value, values) < 0;
      default -> false;
    };
  }

  /// 0 for what is no number, which is neither greater nor less.
  private static int compare(@Nullable String value, List<String> values) {
    try {
      return value == null || values.size() != 1
          ? 0
          : Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// The nodes that the required terms name by `metadata.name`, or null when some term names none:
  /// then any node may do. Pods of daemon sets are of this kind, one node each.
  static @Nullable Set<String> named(Pod pod) {
    var affinity = pod.getSpec().getAffinity().getNodeAffinity();
    if (!affinity.hasRequiredDuringSchedulingIgnoredDuringExecution()) {
      return null;
    }
    Set<String> names = new HashSet<>();
    for (NodeSelectorTerm term :
        affinity.getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTermsList()) {
      List<String> ofTerm = null;
      for (NodeSelectorRequirement requirement : term.getMatchFieldsList()) {
        if (requirement.getKey().equals("metadata.name")
            && requirement.getOperator().equals("In")) {
          ofTerm = requirement.getValuesList();
        }
      }
      if (ofTerm == null) {
        return null;
      }
      names.addAll(ofTerm);
    }
    return names;
  }
}
