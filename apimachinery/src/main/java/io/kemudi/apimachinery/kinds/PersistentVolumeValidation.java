package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeSource;
import io.kemudi.kubernetes.core.v1.PersistentVolumeSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// PersistentVolume, and the same spec inside a VolumeAttachment ("inline"), where only what a CSI
/// driver needs may be said.
final class PersistentVolumeValidation {
  static final List<String> VOLUME_MODES = List.of("Block", "Filesystem");
  static final String MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options";
  private static final List<String> RECLAIM_POLICIES = List.of("Delete", "Recycle", "Retain");
  private static final String NOT_INLINE = "may not be specified in the context of inline volumes";

  private PersistentVolumeValidation() {}

  static void validate(PersistentVolume volume, FieldErrors errors) {
    validateSpec(volume.getSpec(), false, FieldPath.of("spec"), errors);
  }

  /// Only drivers that knew the annotation before there was a field may have it.
  static void validateMountOptions(PersistentVolume volume, FieldErrors errors) {
    PersistentVolumeSource source = volume.getSpec().getPersistentVolumeSource();
    boolean supported =
        source.hasGcePersistentDisk()
            || source.hasAwsElasticBlockStore()
            || source.hasGlusterfs()
            || source.hasNfs()
            || source.hasRbd()
            || source.hasQuobyte()
            || source.hasIscsi()
            || source.hasCinder()
            || source.hasCephfs()
            || source.hasAzureFile()
            || source.hasVsphereVolume()
            || source.hasAzureDisk()
            || source.hasPhotonPersistentDisk();
    if (!supported && volume.getMetadata().containsAnnotations(MOUNT_OPTIONS)) {
      errors.forbidden(
          FieldPath.of("metadata", "annotations", MOUNT_OPTIONS),
          "may not specify mount options for this volume type");
    }
  }

  static void validateSpec(
      PersistentVolumeSpec spec, boolean inline, FieldPath path, FieldErrors errors) {
    if (inline) {
      refuseInline(spec, path, errors);
    }
    if (spec.getAccessModesCount() == 0) {
      errors.required(path.child("accessModes"));
    }
    AccessModes.validate(spec.getAccessModesList(), path.child("accessModes"), errors);
    if (!inline) {
      capacity(spec, path.child("capacity"), errors);
    }
    reclaimPolicy(spec, inline, path.child("persistentVolumeReclaimPolicy"), errors);
    if (spec.hasNodeAffinity()) {
      nodeAffinity(spec, inline, path.child("nodeAffinity"), errors);
    }
    new PersistentVolumeSourceValidation(path, errors)
        .validate(spec.getPersistentVolumeSource(), spec.hasNodeAffinity());
    var source = spec.getPersistentVolumeSource();
    if (source.hasHostPath()
        && isRoot(source.getHostPath().getPath())
        && spec.getPersistentVolumeReclaimPolicy().equals("Recycle")) {
      errors.forbidden(
          path.child("persistentVolumeReclaimPolicy"),
          "may not be 'recycle' for a hostPath mount of '/'");
    }
    className(spec.getStorageClassName(), inline, path.child("storageClassName"), errors);
    volumeMode(spec, inline, path.child("volumeMode"), errors);
    attributesClass(spec, inline, path, errors);
  }

  private static void refuseInline(PersistentVolumeSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.hasClaimRef()) {
      errors.forbidden(path.child("claimRef"), NOT_INLINE);
    }
    if (spec.getCapacityCount() > 0) {
      errors.forbidden(path.child("capacity"), NOT_INLINE);
    }
    if (!spec.getPersistentVolumeSource().hasCsi()) {
      errors.required(path.child("csi"), "has to be specified in the context of inline volumes");
    }
  }

  private static void capacity(PersistentVolumeSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.getCapacityCount() == 0) {
      errors.required(path);
    }
    if (!spec.containsCapacity("storage") || spec.getCapacityCount() > 1) {
      errors.notSupported(path, shown(spec), List.of("storage"));
    }
    new TreeMap<>(spec.getCapacityMap())
        .forEach((name, message) -> {
          Quantity amount = ResourcesValidation.quantity(message);
          if (amount.signum() < 0) {
            errors.invalid(path.key(name), amount.value(), "must be a valid resource quantity");
          }
          if (amount.signum() <= 0) {
            errors.invalid(path.key(name), amount.toString(), "must be greater than zero");
          }
        });
  }

  private static @Nullable Map<String, Object> shown(PersistentVolumeSpec spec) {
    if (spec.getCapacityCount() == 0) {
      return null;
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    new TreeMap<>(spec.getCapacityMap())
        .forEach(
            (name, message) -> shown.put(name, ResourcesValidation.quantity(message).toString()));
    return shown;
  }

  private static void reclaimPolicy(
      PersistentVolumeSpec spec, boolean inline, FieldPath path, FieldErrors errors) {
    String policy = spec.getPersistentVolumeReclaimPolicy();
    if (policy.isEmpty()) {
      return;
    }
    if (!inline) {
      Checks.oneOf(policy, RECLAIM_POLICIES, path, errors);
    } else if (!policy.equals("Retain")) {
      errors.forbidden(path, "may only be Retain in the context of inline volumes");
    }
  }

  private static void nodeAffinity(
      PersistentVolumeSpec spec, boolean inline, FieldPath path, FieldErrors errors) {
    if (spec.getNodeAffinity().hasRequired()) {
      NodeSelectorValidation.validate(
          spec.getNodeAffinity().getRequired(), path.child("required"), errors);
    } else {
      errors.required(path.child("required"), "must specify required node constraints");
    }
    if (inline) {
      errors.forbidden(path, NOT_INLINE);
    }
  }

  /// Whether it is another way to write `/`.
  private static boolean isRoot(String path) {
    int depth = 0;
    for (String part : path.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> depth = Math.max(0, depth - 1);
        default -> depth++;
      }
    }
    return path.startsWith("/") && depth == 0;
  }

  private static void className(String name, boolean inline, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      return;
    }
    if (inline) {
      errors.forbidden(path, NOT_INLINE);
    } else {
      Checks.form(name, Names::dnsSubdomain, path, errors);
    }
  }

  private static void volumeMode(
      PersistentVolumeSpec spec, boolean inline, FieldPath path, FieldErrors errors) {
    if (!spec.hasVolumeMode()) {
      return;
    }
    if (!inline) {
      Checks.oneOf(spec.getVolumeMode(), VOLUME_MODES, path, errors);
    } else if (!spec.getVolumeMode().equals("Filesystem")) {
      errors.forbidden(
          path,
          "may not specify volumeMode other than Filesystem in the context of inline volumes");
    }
  }

  private static void attributesClass(
      PersistentVolumeSpec spec, boolean inline, FieldPath path, FieldErrors errors) {
    if (!spec.hasVolumeAttributesClassName()) {
      return;
    }
    FieldPath place = path.child("volumeAttributesClassName");
    if (inline) {
      errors.forbidden(place, NOT_INLINE);
      return;
    }
    String name = spec.getVolumeAttributesClassName();
    if (name.isEmpty()) {
      errors.required(place, "an empty string is disallowed");
    } else {
      Checks.form(name, Names::dnsSubdomain, place, errors);
    }
    if (!spec.getPersistentVolumeSource().hasCsi()) {
      errors.required(
          path.child("csi"), "has to be specified when using volumeAttributesClassName");
    }
  }

  static void validateUpdate(PersistentVolume volume, PersistentVolume old, FieldErrors errors) {
    PersistentVolumeSpec now = volume.getSpec();
    PersistentVolumeSpec was = old.getSpec();
    var source = withLateSecret(now.getPersistentVolumeSource(), was.getPersistentVolumeSource());
    if (!source.equals(was.getPersistentVolumeSource())) {
      errors.forbidden(
          FieldPath.of("spec", "persistentvolumesource"),
          "spec.persistentvolumesource is immutable after creation\n"
              + GoDiff.of(was.getPersistentVolumeSource(), source));
    }
    Immutable.check(
        now.hasVolumeMode() ? now.getVolumeMode() : null,
        was.hasVolumeMode() ? was.getVolumeMode() : null,
        FieldPath.of("volumeMode"),
        errors);
    if (was.hasNodeAffinity() && !now.getNodeAffinity().equals(was.getNodeAffinity())) {
      errors.invalid(
          FieldPath.of("nodeAffinity"), GoForm.of(now.getNodeAffinity()), Immutable.DETAIL);
    }
    if (was.hasVolumeAttributesClassName() && !now.hasVolumeAttributesClassName()) {
      errors.forbidden(
          FieldPath.of("spec", "volumeAttributesClassName"),
          "update from non-nil value to nil is forbidden");
    }
  }

  /// The secret for expansion may come later than the volume.
  private static PersistentVolumeSource withLateSecret(
      PersistentVolumeSource now, PersistentVolumeSource old) {
    boolean added =
        now.hasCsi()
            && now.getCsi().hasControllerExpandSecretRef()
            && old.hasCsi()
            && !old.getCsi().hasControllerExpandSecretRef();
    return added
        ? now.toBuilder().setCsi(now.getCsi().toBuilder().clearControllerExpandSecretRef()).build()
        : now;
  }
}
