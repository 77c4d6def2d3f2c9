package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Advice about persistent volumes and claims for them.
final class VolumeWarnings {
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  private VolumeWarnings() {}

  static List<String> of(PersistentVolume volume) {
    List<String> warnings = new ArrayList<>();
    annotation(volume.getMetadata(), BETA_CLASS, "v1.8", "storageClassName", warnings);
    annotation(
        volume.getMetadata(),
        PersistentVolumeValidation.MOUNT_OPTIONS,
        "v1.31",
        "mountOptions",
        warnings);
    var spec = volume.getSpec();
    if (spec.getPersistentVolumeReclaimPolicy().equals("Recycle")) {
      warnings.add(
          "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
              + " recommended approach is to use dynamic provisioning.");
    }
    DeprecatedLabels.warn(
        spec.getNodeAffinity().getRequired(),
        "spec.nodeAffinity.required.nodeSelectorTerms",
        warnings);
    var source = spec.getPersistentVolumeSource();
    gone(source.hasCephfs(), "cephfs", "v1.28", "v1.31", warnings);
    gone(source.hasPhotonPersistentDisk(), "photonPersistentDisk", "v1.11", "v1.16", warnings);
    gone(source.hasScaleIO(), "scaleIO", "v1.16", "v1.22", warnings);
    gone(source.hasStorageos(), "storageOS", "v1.22", "v1.25", warnings);
    gone(source.hasGlusterfs(), "glusterfs", "v1.25", "v1.26", warnings);
    gone(source.hasRbd(), "rbd", "v1.28", "v1.31", warnings);
    return warnings;
  }

  static List<String> of(PersistentVolumeClaim claim) {
    List<String> warnings = new ArrayList<>();
    annotation(claim.getMetadata(), BETA_CLASS, "v1.8", "storageClassName", warnings);
    var resources = claim.getSpec().getResources();
    fraction(resources.getRequestsMap(), "requests", warnings);
    fraction(resources.getLimitsMap(), "limits", warnings);
    return warnings;
  }

  private static void annotation(
      ObjectMeta meta, String key, String since, String instead, List<String> warnings) {
    if (meta.containsAnnotations(key)) {
      warnings.add(
          "metadata.annotations["
              + key
              + "]: deprecated since "
              + since
              + "; use \""
              + instead
              + "\" attribute instead");
    }
  }

  private static void gone(
      boolean present, String source, String deprecated, String gone, List<String> warnings) {
    if (present) {
      warnings.add(
          "spec." + source + ": deprecated in " + deprecated + ", non-functional in " + gone + "+");
    }
  }

  private static void fraction(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts,
      String field,
      List<String> warnings) {
    var message = amounts.get("storage");
    Quantity amount = message == null ? Quantity.ZERO : ResourcesValidation.quantity(message);
    if (!amount.isMultipleOf(0)) {
      warnings.add(
          "spec.resources."
              + field
              + "[storage]: fractional byte value \""
              + amount
              + "\" is invalid, must be an integer");
    }
  }
}
