package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.quantity.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Storage and quota: amounts and modes.
final class VolumeCells {
  private VolumeCells() {}

  static String status(PersistentVolumeClaim claim) {
    return claim.getMetadata().hasDeletionTimestamp()
        ? "Terminating"
        : claim.getStatus().getPhase();
  }

  static String status(PersistentVolume volume) {
    return volume.getMetadata().hasDeletionTimestamp()
        ? "Terminating"
        : volume.getStatus().getPhase();
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    return !claim.getSpec().getVolumeName().isEmpty();
  }

  static String capacity(PersistentVolumeClaim claim) {
    return isBound(claim) ? storage(claim.getStatus().getCapacityMap()) : "";
  }

  static String accessModes(PersistentVolumeClaim claim) {
    return isBound(claim) ? modes(claim.getStatus().getAccessModesList()) : "";
  }

  static String storageClass(PersistentVolumeClaim claim) {
    return claim
        .getMetadata()
        .getAnnotationsOrDefault(
            "volume.beta.kubernetes.io/storage-class", claim.getSpec().getStorageClassName());
  }

  static String capacity(PersistentVolume volume) {
    return storage(volume.getSpec().getCapacityMap());
  }

  static String claim(PersistentVolume volume) {
    var claim = volume.getSpec().getClaimRef();
    return claim.getName().isEmpty() ? "" : claim.getNamespace() + "/" + claim.getName();
  }

  private static String storage(Map<String, Quantity> amounts) {
    Quantity amount = amounts.get("storage");
    return amount == null ? "0" : amount.getString();
  }

  static String modes(List<String> modes) {
    List<String> shown = new ArrayList<>();
    var asked = new LinkedHashSet<>(modes);
    if (asked.contains("ReadWriteOnce")) {
      shown.add("RWO");
    }
    if (asked.contains("ReadOnlyMany")) {
      shown.add("ROX");
    }
    if (asked.contains("ReadWriteMany")) {
      shown.add("RWX");
    }
    if (asked.contains("ReadWriteOncePod")) {
      shown.add("RWOP");
    }
    return String.join(",", shown);
  }

  static String quota(ResourceQuota quota, boolean limits) {
    List<String> shown = new ArrayList<>();
    new TreeMap<>(quota.getStatus().getHardMap())
        .forEach((resource, hard) -> {
          if (resource.startsWith("limits.") == limits) {
            Quantity used = quota.getStatus().getUsedMap().get(resource);
            shown.add(
                resource + ": " + (used == null ? "0" : used.getString()) + "/" + hard.getString());
          }
        });
    return String.join(", ", shown);
  }
}
