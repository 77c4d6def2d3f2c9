package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.CSIStorageCapacity;

/// CSIStorageCapacity: how much room a class has in a part of the cluster.
final class CSIStorageCapacityKind extends BuiltInKind<CSIStorageCapacity> {
  CSIStorageCapacityKind() {
    super(
        "storage.k8s.io",
        "CSIStorageCapacity",
        CSIStorageCapacity.getDefaultInstance(),
        CSIStorageCapacity::getMetadata);
  }

  @Override
  void validate(CSIStorageCapacity object, FieldErrors errors) {
    CSIStorageCapacityValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      CSIStorageCapacity now, CSIStorageCapacity old, String subresource, FieldErrors errors) {
    validateAgain(now, errors);
    CSIStorageCapacityValidation.validateUpdate(now, old, errors);
  }
}
