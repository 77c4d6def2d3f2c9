package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.CSINode;

/// CSINode: which drivers a node has.
final class CSINodeKind extends BuiltInKind<CSINode> {
  CSINodeKind() {
    super("storage.k8s.io", "CSINode", CSINode.getDefaultInstance(), CSINode::getMetadata);
  }

  @Override
  void validate(CSINode object, FieldErrors errors) {
    CSINodeValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(CSINode now, CSINode old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
    CSINodeValidation.validateUpdate(now, old, errors);
  }
}
