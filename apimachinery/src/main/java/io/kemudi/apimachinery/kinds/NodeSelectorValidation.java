package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.NodeSelector;

/// Terms that choose nodes, outside of a pod's affinity.
final class NodeSelectorValidation {
  private NodeSelectorValidation() {}

  static void validate(NodeSelector selector, FieldPath path, FieldErrors errors) {
    new AffinityValidation(errors)
        .nodeSelector(selector.getNodeSelectorTermsList(), path.child("nodeSelectorTerms"));
  }
}
