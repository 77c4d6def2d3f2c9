package io.kemudi.controllermanager.volumebinding;

import io.kemudi.client.volumes.VolumeClaims;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import org.jspecify.annotations.Nullable;

/// What has to happen to a volume. Pure.
sealed interface VolumeDecision {
  /// Its phase has to be this.
  record Phase(String phase) implements VolumeDecision {}

  /// Its claim is gone; `message` ("" for none) says why nothing more can be done.
  record Release(String phase, String message) implements VolumeDecision {}

  /// The claim that a controller promised it to has another volume.
  record Unbind() implements VolumeDecision {}

  /// Its claim is at it.
  record Leave() implements VolumeDecision {}

  /// @param claim the claim of the name that the volume is promised to, if there is one
  static VolumeDecision of(PersistentVolume volume, @Nullable PersistentVolumeClaim claim) {
    var reference = volume.getSpec().getClaimRef();
    if (!volume.getSpec().hasClaimRef() || reference.getUid().isEmpty()) {
      return new Phase("Available"); // a promise to a claim that may come holds nobody up
    }
    if (claim == null || !claim.getMetadata().getUid().equals(reference.getUid())) {
      return release(volume);
    }
    String bound = claim.getSpec().getVolumeName();
    if (bound.isEmpty()) {
      return new Leave();
    }
    if (bound.equals(volume.getMetadata().getName())) {
      return new Phase("Bound");
    }
    if (VolumeClaims.has(volume, VolumeClaims.PROVISIONED_BY)
        && volume.getSpec().getPersistentVolumeReclaimPolicy().equals("Delete")) {
      return release(volume);
    }
    return VolumeClaims.has(volume, VolumeClaims.BOUND_BY_CONTROLLER) ? new Unbind() : new Leave();
  }

  /// What an external driver made it removes; there is nothing here that empties or removes
  /// directories of nodes.
  private static VolumeDecision release(PersistentVolume volume) {
    String policy = volume.getSpec().getPersistentVolumeReclaimPolicy();
    boolean external =
        VolumeClaims.has(volume, VolumeClaims.PROVISIONED_BY)
            || volume.getSpec().getPersistentVolumeSource().hasCsi();
    String name = volume.getMetadata().getName();
    return switch (policy) {
      case "Delete" ->
          external
              ? new Release("Released", "")
              : new Release(
                  "Failed",
                  "error getting deleter volume plugin for volume \""
                      + name
                      + "\": no deletable volume plugin matched");
      case "Recycle" -> new Release("Failed", "No recycler plugin found for the volume!");
      default -> new Release("Released", ""); // Retain
    };
  }
}
