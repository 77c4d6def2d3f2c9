package io.kemudi.controllermanager.volumebinding;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.events.Events;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.volumes.VolumeClaims;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps the phase of volumes: Available, Bound, Released, Failed. The name of a volume is its key.
public final class VolumePhases implements Reconciler<ObjectKey> {
  /// The index of volumes that [#volumesOf] needs.
  public static final String BY_CLAIM = "volume-by-claim";

  private static final Set<String> FREED = Set.of("Released", "Failed");

  private final ApiClient client;
  private final Informer<PersistentVolume> volumes;
  private final Informer<PersistentVolumeClaim> claims;
  private final Events events;

  public VolumePhases(
      ApiClient client,
      Informer<PersistentVolume> volumes,
      Informer<PersistentVolumeClaim> claims,
      Events events) {
    this.client = client;
    this.volumes = volumes;
    this.claims = claims;
    this.events = events;
  }

  /// The claim that a volume is promised to: the values of the index.
  public static List<String> claimKeyOf(PersistentVolume volume) {
    var reference = volume.getSpec().getClaimRef();
    return volume.getSpec().hasClaimRef()
        ? List.of(ObjectKey.of(reference.getNamespace(), reference.getName()).toString())
        : List.of();
  }

  /// The volumes that are promised to a claim: more than one for a moment, or by mistake.
  public static List<ObjectKey> volumesOf(
      PersistentVolumeClaim claim, Informer<PersistentVolume> volumes) {
    String key = ResourceTypes.PERSISTENT_VOLUME_CLAIMS.key(claim).toString();
    return volumes.lister().byIndex(BY_CLAIM, key).stream()
        .map(ResourceTypes.PERSISTENT_VOLUMES::key)
        .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    PersistentVolume volume = volumes.lister().get(key);
    if (volume == null) {
      return Result.DONE;
    }
    VolumeDecision decision = VolumeDecision.of(volume, claimOf(volume));
    if (decision instanceof VolumeDecision.Release) {
      // The copy may be behind; a volume is given up only when the server has no such claim.
      decision = VolumeDecision.of(volume, claimNow(volume));
    }
    try {
      carryOut(volume, decision);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
    return Result.DONE;
  }

  private @Nullable PersistentVolumeClaim claimOf(PersistentVolume volume) {
    var reference = volume.getSpec().getClaimRef();
    return claims.lister().get(reference.getNamespace(), reference.getName());
  }

  private @Nullable PersistentVolumeClaim claimNow(PersistentVolume volume) {
    var reference = volume.getSpec().getClaimRef();
    try {
      return client.get(
          ResourceTypes.PERSISTENT_VOLUME_CLAIMS, reference.getNamespace(), reference.getName());
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return null;
      }
      throw e;
    }
  }

  private void carryOut(PersistentVolume volume, VolumeDecision decision) {
    switch (decision) {
      case VolumeDecision.Leave() -> {}
      case VolumeDecision.Phase(String phase) -> phase(volume, phase, "");
      case VolumeDecision.Release(String phase, String message) -> {
        boolean known = FREED.contains(volume.getStatus().getPhase());
        phase(volume, phase, message);
        if (!message.isEmpty() && !known) {
          events.warning(
              References.to(ResourceTypes.PERSISTENT_VOLUMES, volume), reason(volume), message);
        }
      }
      case VolumeDecision.Unbind() -> {
        var changed = volume.toBuilder();
        changed.getSpecBuilder().clearClaimRef();
        changed.getMetadataBuilder().removeAnnotations(VolumeClaims.BOUND_BY_CONTROLLER);
        client.update(ResourceTypes.PERSISTENT_VOLUMES, changed.build(), WriteOptions.NONE);
      }
    }
  }

  private static String reason(PersistentVolume volume) {
    return volume.getSpec().getPersistentVolumeReclaimPolicy().equals("Recycle")
        ? "VolumeFailedRecycle"
        : "VolumeFailedDelete";
  }

  private void phase(PersistentVolume volume, String phase, String message) {
    var status = volume.getStatus();
    if (status.getPhase().equals(phase) && status.getMessage().equals(message)) {
      return;
    }
    var changed = volume.toBuilder();
    changed.getStatusBuilder().setPhase(phase).setMessage(message);
    client.updateSubresource(
        ResourceTypes.PERSISTENT_VOLUMES, "status", changed.build(), WriteOptions.NONE);
  }
}
