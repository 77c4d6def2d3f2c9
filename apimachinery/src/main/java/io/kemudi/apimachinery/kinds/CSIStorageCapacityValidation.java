package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.storage.v1.CSIStorageCapacity;

final class CSIStorageCapacityValidation {
  private CSIStorageCapacityValidation() {}

  static void validate(CSIStorageCapacity capacity, FieldErrors errors) {
    if (capacity.hasNodeTopology()) {
      LabelSelectorValidation.validate(
          capacity.getNodeTopology(), FieldPath.of("nodeTopology"), errors);
    }
    Checks.form(
        capacity.getStorageClassName(),
        Names::dnsSubdomain,
        FieldPath.of("storageClassName"),
        errors);
    if (capacity.hasCapacity()) {
      Quantity amount = ResourcesValidation.quantity(capacity.getCapacity());
      if (amount.signum() < 0) {
        errors.invalid(
            FieldPath.of("capacity"), amount.toString(), "must be greater than or equal to 0");
      }
    }
  }

  static void validateUpdate(CSIStorageCapacity now, CSIStorageCapacity old, FieldErrors errors) {
    if (now.hasNodeTopology() != old.hasNodeTopology()
        || !now.getNodeTopology().equals(old.getNodeTopology())) {
      errors.invalid(
          FieldPath.of("nodeTopology"),
          now.hasNodeTopology() ? LabelSelectorValidation.shown(now.getNodeTopology()) : null,
          Immutable.DETAIL);
    }
    Immutable.check(
        now.getStorageClassName(),
        old.getStorageClassName(),
        FieldPath.of("storageClassName"),
        errors);
  }
}
