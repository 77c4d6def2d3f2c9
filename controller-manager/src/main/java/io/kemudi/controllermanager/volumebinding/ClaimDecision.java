package io.kemudi.controllermanager.volumebinding;

import io.kemudi.client.volumes.VolumeClaims;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// What has to happen to a claim. Pure; upstream's cases and words.
sealed interface ClaimDecision {
  /// Both sides are to be written, as far as they are not yet.
  record Bind(PersistentVolume volume) implements ClaimDecision {}

  /// It has to wait; `warning` says that somebody should look.
  record Wait(boolean warning, String reason, String message) implements ClaimDecision {}

  /// Somebody outside is to make a volume.
  record Provision(String provisioner) implements ClaimDecision {}

  /// What it was bound to is gone.
  record Lost(String reason, String message) implements ClaimDecision {}

  /// @param named the volume that the claim names, if there is one
  /// @param volumes all that may suit
  /// @param storageClass the claim's class, if there is one of that name
  static ClaimDecision of(
      PersistentVolumeClaim claim,
      @Nullable PersistentVolume named,
      Collection<PersistentVolume> volumes,
      @Nullable StorageClass storageClass) {
    if (VolumeClaims.has(claim, VolumeClaims.BIND_COMPLETED)) {
      return ofBound(claim, named);
    }
    if (!claim.getSpec().getVolumeName().isEmpty()) {
      return ofNaming(claim, named);
    }
    boolean waits =
        VolumeClaims.waitsForConsumer(storageClass)
            && !VolumeClaims.has(claim, VolumeClaims.SELECTED_NODE);
    // Before a pod came, only a volume that somebody has promised to the claim.
    PersistentVolume found =
        VolumeClaims.find(claim, volumes, volume -> !waits || VolumeClaims.isFor(volume, claim));
    if (found != null) {
      return new Bind(found);
    }
    return waits
        ? new Wait(
            false,
            "WaitForFirstConsumer",
            "waiting for first consumer to be created before binding")
        : ofUnmatched(claim, storageClass);
  }

  private static ClaimDecision ofBound(
      PersistentVolumeClaim claim, @Nullable PersistentVolume named) {
    if (claim.getSpec().getVolumeName().isEmpty()) {
      return new Lost(
          "ClaimLost",
          "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
    }
    if (named == null) {
      return new Lost(
          "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    }
    if (named.getSpec().hasClaimRef() && !VolumeClaims.isFor(named, claim)) {
      return new Lost(
          "ClaimMisbound",
          "Two claims are bound to the same volume, this one is bound incorrectly");
    }
    return new Bind(named);
  }

  private static ClaimDecision ofNaming(
      PersistentVolumeClaim claim, @Nullable PersistentVolume named) {
    String name = claim.getSpec().getVolumeName();
    if (named == null) {
      return new Wait(true, "FailedBinding", "volume \"" + name + "\" not found");
    }
    if (named.getSpec().hasClaimRef()) {
      return VolumeClaims.isFor(named, claim)
          ? new Bind(named)
          : new Wait(
              true, "FailedBinding", "volume \"" + name + "\" already bound to a different claim.");
    }
    String mismatch = VolumeClaims.mismatch(claim, named);
    return mismatch.isEmpty()
        ? new Bind(named)
        : new Wait(
            true,
            "VolumeMismatch",
            "Cannot bind to requested volume \"" + name + "\": " + mismatch);
  }

  private static ClaimDecision ofUnmatched(
      PersistentVolumeClaim claim, @Nullable StorageClass storageClass) {
    String name = VolumeClaims.classOf(claim);
    if (name.isEmpty()) {
      return new Wait(
          false,
          "FailedBinding",
          "no persistent volumes available for this claim and no storage class is set");
    }
    if (storageClass == null) {
      return new Wait(
          true, "ProvisioningFailed", "storageclass.storage.k8s.io \"" + name + "\" not found");
    }
    // In-tree provisioners are gone, upstream too: what is ours to make is nothing.
    return storageClass.getProvisioner().equals(VolumeClaims.NO_PROVISIONER)
        ? new Wait(
            true,
            "ProvisioningFailed",
            "no volume plugin matched name: " + VolumeClaims.NO_PROVISIONER)
        : new Provision(storageClass.getProvisioner());
  }
}
