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
import io.kemudi.kubernetes.storage.v1.StorageClass;
import java.util.List;

/// Binds claims: promises the volume to the claim first (of two claims that want it one is refused
/// by its revision), then writes the claim, then both states. Each step is seen in the objects, so
/// that whoever comes after a crash goes on.
public final class ClaimBinder implements Reconciler<ObjectKey> {
  private static final String YES = "yes";

  private final ApiClient client;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<StorageClass> classes;
  private final Events events;

  public ClaimBinder(
      ApiClient client,
      Informer<PersistentVolumeClaim> claims,
      Informer<PersistentVolume> volumes,
      Informer<StorageClass> classes,
      Events events) {
    this.client = client;
    this.claims = claims;
    this.volumes = volumes;
    this.classes = classes;
    this.events = events;
  }

  /// The claims that a volume may be of interest to: the one it is promised to, else those of its
  /// class that wait.
  public static List<ObjectKey> claimsOf(
      PersistentVolume volume, Informer<PersistentVolumeClaim> claims) {
    if (volume.getSpec().hasClaimRef()) {
      var reference = volume.getSpec().getClaimRef();
      return List.of(ObjectKey.of(reference.getNamespace(), reference.getName()));
    }
    return waiting(VolumeClaims.classOf(volume), claims);
  }

  /// The claims of a class that are not bound.
  public static List<ObjectKey> waiting(String className, Informer<PersistentVolumeClaim> claims) {
    return claims.lister().list().stream()
        .filter(claim -> !VolumeClaims.isBound(claim))
        .filter(claim -> VolumeClaims.classOf(claim).equals(className))
        .map(ResourceTypes.PERSISTENT_VOLUME_CLAIMS::key)
        .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    PersistentVolumeClaim claim = claims.lister().get(key);
    if (claim == null || claim.getMetadata().hasDeletionTimestamp()) {
      return Result.DONE;
    }
    String named = claim.getSpec().getVolumeName();
    String className = VolumeClaims.classOf(claim);
    ClaimDecision decision =
        ClaimDecision.of(
            claim,
            named.isEmpty() ? null : volumes.lister().get("", named),
            volumes.lister().list(),
            className.isEmpty() ? null : classes.lister().get("", className));
    try {
      carryOut(claim, decision);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e; // a conflict too: looked at again after the back-off, with newer copies
      }
    }
    return Result.DONE;
  }

  private void carryOut(PersistentVolumeClaim claim, ClaimDecision decision) {
    switch (decision) {
      case ClaimDecision.Bind(PersistentVolume volume) -> bind(claim, volume);
      case ClaimDecision.Provision(String provisioner) -> provision(claim, provisioner);
      case ClaimDecision.Wait(boolean warning, String reason, String message) -> {
        phase(claim, "Pending");
        tell(claim, warning, reason, message);
      }
      case ClaimDecision.Lost(String reason, String message) -> {
        if (!claim.getStatus().getPhase().equals("Lost")) {
          tell(claim, true, reason, message);
        }
        phase(claim, "Lost");
      }
    }
  }

  private void tell(PersistentVolumeClaim claim, boolean warning, String reason, String message) {
    events.record(
        References.to(ResourceTypes.PERSISTENT_VOLUME_CLAIMS, claim),
        warning ? "Warning" : "Normal",
        reason,
        message);
  }

  private void phase(PersistentVolumeClaim claim, String phase) {
    if (!claim.getStatus().getPhase().equals(phase)) {
      var changed = claim.toBuilder();
      changed.getStatusBuilder().setPhase(phase);
      client.updateSubresource(
          ResourceTypes.PERSISTENT_VOLUME_CLAIMS, "status", changed.build(), WriteOptions.NONE);
    }
  }

  private void provision(PersistentVolumeClaim claim, String provisioner) {
    if (!provisioner.equals(
        claim.getMetadata().getAnnotationsMap().get(VolumeClaims.PROVISIONER))) {
      var changed = claim.toBuilder();
      changed.getMetadataBuilder().putAnnotations(VolumeClaims.PROVISIONER, provisioner);
      client.update(ResourceTypes.PERSISTENT_VOLUME_CLAIMS, changed.build(), WriteOptions.NONE);
      return; // the change brings the claim here again
    }
    phase(claim, "Pending");
    tell(
        claim,
        false,
        "ExternalProvisioning",
        ("Waiting for a volume to be created either by the external provisioner '%s' or manually by"
                + " the system administrator. If volume creation is delayed, please verify that the"
                + " provisioner is running and correctly registered.")
            .formatted(provisioner));
  }

  private void bind(PersistentVolumeClaim claim, PersistentVolume volume) {
    PersistentVolume promised = promise(volume, claim);
    if (!promised.getStatus().getPhase().equals("Bound")) {
      var changed = promised.toBuilder();
      changed.getStatusBuilder().setPhase("Bound").clearMessage().clearReason();
      client.updateSubresource(
          ResourceTypes.PERSISTENT_VOLUMES, "status", changed.build(), WriteOptions.NONE);
    }
    finish(complete(claim, promised), promised);
  }

  private PersistentVolume promise(PersistentVolume volume, PersistentVolumeClaim claim) {
    var meta = claim.getMetadata();
    if (volume.getSpec().getClaimRef().getUid().equals(meta.getUid())) {
      return volume;
    }
    PersistentVolume.Builder changed = volume.toBuilder();
    if (!volume.getSpec().hasClaimRef()) {
      changed.getMetadataBuilder().putAnnotations(VolumeClaims.BOUND_BY_CONTROLLER, YES);
    }
    changed
        .getSpecBuilder()
        .getClaimRefBuilder()
        .setApiVersion("v1")
        .setKind("PersistentVolumeClaim")
        .setNamespace(meta.getNamespace())
        .setName(meta.getName())
        .setUid(meta.getUid())
        .setResourceVersion(meta.getResourceVersion());
    return client.update(ResourceTypes.PERSISTENT_VOLUMES, changed.build(), WriteOptions.NONE);
  }

  private PersistentVolumeClaim complete(PersistentVolumeClaim claim, PersistentVolume volume) {
    if (VolumeClaims.isBound(claim)) {
      return claim;
    }
    PersistentVolumeClaim.Builder changed = claim.toBuilder();
    if (claim.getSpec().getVolumeName().isEmpty()) {
      changed.getSpecBuilder().setVolumeName(volume.getMetadata().getName());
      changed.getMetadataBuilder().putAnnotations(VolumeClaims.BOUND_BY_CONTROLLER, YES);
    }
    changed.getMetadataBuilder().putAnnotations(VolumeClaims.BIND_COMPLETED, YES);
    return client.update(
        ResourceTypes.PERSISTENT_VOLUME_CLAIMS, changed.build(), WriteOptions.NONE);
  }

  private void finish(PersistentVolumeClaim claim, PersistentVolume volume) {
    if (claim.getStatus().getPhase().equals("Bound")) {
      return;
    }
    PersistentVolumeClaim.Builder changed = claim.toBuilder();
    changed
        .getStatusBuilder()
        .setPhase("Bound")
        .clearAccessModes()
        .addAllAccessModes(volume.getSpec().getAccessModesList())
        .clearCapacity()
        .putAllCapacity(volume.getSpec().getCapacityMap());
    client.updateSubresource(
        ResourceTypes.PERSISTENT_VOLUME_CLAIMS, "status", changed.build(), WriteOptions.NONE);
  }
}
