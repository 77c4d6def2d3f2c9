package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.resource.v1.DeviceClass;

/// DeviceClass: which devices are of one sort.
final class DeviceClassKind extends BuiltInKind<DeviceClass> {
  DeviceClassKind() {
    super(
        "resource.k8s.io",
        "DeviceClass",
        DeviceClass.getDefaultInstance(),
        DeviceClass::getMetadata,
        true);
  }

  @Override
  void validate(DeviceClass deviceClass, FieldErrors errors) {
    ResourceClaimValidation.validate(deviceClass, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(DeviceClass now, DeviceClass old, String subresource, FieldErrors errors) {
    boolean same = now.getSpec().getSelectorsList().equals(old.getSpec().getSelectorsList());
    validateMetadata(now, errors);
    ResourceClaimValidation.validate(
        now, same ? ExpressionCheck.STORED : ExpressionChecks.CURRENT, errors);
  }
}
