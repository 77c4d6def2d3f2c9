package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.VolumeAttachment;

/// VolumeAttachment: that a volume is to be at a node.
final class VolumeAttachmentKind extends BuiltInKind<VolumeAttachment> {
  VolumeAttachmentKind() {
    super(
        "storage.k8s.io",
        "VolumeAttachment",
        VolumeAttachment.getDefaultInstance(),
        VolumeAttachment::getMetadata);
  }

  @Override
  void validate(VolumeAttachment object, FieldErrors errors) {
    VolumeAttachmentValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      VolumeAttachment now, VolumeAttachment old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
    VolumeAttachmentValidation.validateUpdate(now, old, errors);
  }
}
