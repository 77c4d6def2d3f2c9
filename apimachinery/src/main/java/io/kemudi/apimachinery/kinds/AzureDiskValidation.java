package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.AzureDiskVolumeSource;
import java.util.List;

/// A disk of Azure: where its address begins follows from its kind.
final class AzureDiskValidation {
  private static final List<String> CACHING_MODES = List.of("None", "ReadOnly", "ReadWrite");
  private static final List<String> KINDS = List.of("Dedicated", "Managed", "Shared");

  private final FieldErrors errors;

  AzureDiskValidation(FieldErrors errors) {
    this.errors = errors;
  }

  void validate(AzureDiskVolumeSource disk, FieldPath path) {
    Checks.requiredText(disk.getDiskName(), path.child("diskName"), errors);
    Checks.requiredText(disk.getDiskURI(), path.child("diskURI"), errors);
    if (disk.hasCachingMode()) {
      Checks.oneOf(disk.getCachingMode(), CACHING_MODES, path.child("cachingMode"), errors);
    }
    if (!disk.hasKind()) {
      return;
    }
    Checks.oneOf(disk.getKind(), KINDS, path.child("kind"), errors);
    boolean managed = disk.getKind().equals("Managed");
    if (managed && !disk.getDiskURI().startsWith("/subscriptions/")) {
      errors.notSupported(
          path.child("diskURI"),
          disk.getDiskURI(),
          List.of(
              "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"));
    }
    if (!managed && !disk.getDiskURI().startsWith("https://")) {
      errors.notSupported(
          path.child("diskURI"),
          disk.getDiskURI(),
          List.of("https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"));
    }
  }
}
