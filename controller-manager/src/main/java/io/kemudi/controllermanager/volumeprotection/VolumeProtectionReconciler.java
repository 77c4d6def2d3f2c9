package io.kemudi.controllermanager.volumeprotection;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.PersistentVolume;

/// A volume that is being deleted goes when it is bound to no claim any more.
public final class VolumeProtectionReconciler implements Reconciler<ObjectKey> {
  static final String FINALIZER = "kubernetes.io/pv-protection";

  private final ApiClient client;
  private final Informer<PersistentVolume> volumes;

  public VolumeProtectionReconciler(ApiClient client, Informer<PersistentVolume> volumes) {
    this.client = client;
    this.volumes = volumes;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    PersistentVolume volume = volumes.lister().get(key);
    if (volume == null) {
      return Result.DONE;
    }
    boolean protectedNow = volume.getMetadata().getFinalizersList().contains(FINALIZER);
    boolean deleting = volume.getMetadata().hasDeletionTimestamp();
    boolean bound = volume.getStatus().getPhase().equals("Bound");
    if (!deleting && !protectedNow) {
      write(volume, true);
    } else if (deleting && protectedNow && !bound) {
      write(volume, false); // refused when it was bound meanwhile
    }
    return Result.DONE;
  }

  private void write(PersistentVolume volume, boolean protect) {
    PersistentVolume.Builder changed = volume.toBuilder();
    Finalizers.set(changed.getMetadataBuilder(), FINALIZER, protect);
    try {
      client.update(ResourceTypes.PERSISTENT_VOLUMES, changed.build(), WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }
}
