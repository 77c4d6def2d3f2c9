package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.storage.v1.CSINode;
import io.kemudi.kubernetes.storage.v1.CSINodeDriver;
import java.util.HashSet;
import java.util.Set;

final class CSINodeValidation {
  private static final FieldPath DRIVERS = FieldPath.of("spec", "drivers");
  private static final int NODE_ID_MAX = 256;

  private CSINodeValidation() {}

  static void validate(CSINode node, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < node.getSpec().getDriversCount(); i++) {
      CSINodeDriver driver = node.getSpec().getDrivers(i);
      FieldPath path = DRIVERS.index(i);
      CsiNames.driver(driver.getName(), path.child("name"), errors);
      Checks.requiredText(driver.getNodeID(), path.child("nodeID"), errors);
      if (driver.getNodeID().length() > NODE_ID_MAX) {
        errors.invalid(path.child("nodeID"), driver.getNodeID(), "must be 256 characters or less");
      }
      if (driver.getAllocatable().hasCount()) {
        Checks.nonNegative(
            driver.getAllocatable().getCount(), path.child("allocatable", "count"), errors);
      }
      if (!names.add(driver.getName())) {
        errors.duplicate(path.child("name"), driver.getName());
      }
      topologyKeys(driver, path, errors);
    }
  }

  private static void topologyKeys(CSINodeDriver driver, FieldPath path, FieldErrors errors) {
    Set<String> keys = new HashSet<>();
    for (String key : driver.getTopologyKeysList()) {
      Checks.requiredText(key, path, errors);
      if (!keys.add(key)) {
        errors.duplicate(path, key);
      }
      Checks.form(key, Names::qualified, path, errors);
    }
  }

  /// How many volumes a driver can attach may change, who it is may not.
  static void validateUpdate(CSINode now, CSINode old, FieldErrors errors) {
    for (CSINodeDriver before : old.getSpec().getDriversList()) {
      for (CSINodeDriver driver : now.getSpec().getDriversList()) {
        CSINodeDriver kept = driver.toBuilder().clearAllocatable().build();
        if (driver.getName().equals(before.getName())
            && !kept.equals(before.toBuilder().clearAllocatable().build())) {
          errors.invalid(DRIVERS, GoForm.of(kept), Immutable.DETAIL);
        }
      }
    }
  }
}
