package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.VolumeAttributesClass;

/// VolumeAttributesClass: qualities of a volume that may change.
final class VolumeAttributesClassKind extends BuiltInKind<VolumeAttributesClass> {
  VolumeAttributesClassKind() {
    super(
        "storage.k8s.io",
        "VolumeAttributesClass",
        VolumeAttributesClass.getDefaultInstance(),
        VolumeAttributesClass::getMetadata);
  }

  @Override
  void validate(VolumeAttributesClass object, FieldErrors errors) {
    StorageClassValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      VolumeAttributesClass now,
      VolumeAttributesClass old,
      String subresource,
      FieldErrors errors) {
    validateAgain(now, errors);
    StorageClassValidation.validateUpdate(now, old, errors);
  }
}
