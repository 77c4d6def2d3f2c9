package io.kemudi.controllermanager.volumeprotection;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.pods.PodReferences;
import io.kemudi.apimachinery.pods.PodReferences.Reference;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.Collection;
import java.util.List;

/// A claim that is being deleted goes when no pod on a node uses it any more.
public final class ClaimProtectionReconciler implements Reconciler<ObjectKey> {
  static final String FINALIZER = "kubernetes.io/pvc-protection";
  private static final String CLAIMS = "persistentvolumeclaims";

  private final ApiClient client;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<Pod> pods;

  public ClaimProtectionReconciler(
      ApiClient client, Informer<PersistentVolumeClaim> claims, Informer<Pod> pods) {
    this.client = client;
    this.claims = claims;
    this.pods = pods;
  }

  /// The claims that a pod names or brings.
  public static List<ObjectKey> claimsOf(Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    return PodReferences.of(pod).stream()
        .filter(reference -> reference.resource().equals(CLAIMS))
        .map(reference -> ObjectKey.of(namespace, reference.name()))
        .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    PersistentVolumeClaim claim = claims.lister().get(key);
    if (claim == null) {
      return Result.DONE;
    }
    boolean protectedNow = claim.getMetadata().getFinalizersList().contains(FINALIZER);
    boolean deleting = claim.getMetadata().hasDeletionTimestamp();
    if (!deleting && !protectedNow) {
      write(claim, true);
    }
    if (deleting && protectedNow && !isUsed(key, pods.lister().list(key.namespace()))) {
      // The copy may be behind; what the server has now decides.
      var now = client.list(ResourceTypes.PODS, ListOptions.in(key.namespace())).items();
      if (!isUsed(key, now)) {
        write(claim, false);
      }
    }
    return Result.DONE;
  }

  /// A pod that is on no node cannot begin with a claim that is going, so it does not hold it.
  static boolean isUsed(ObjectKey claim, Collection<Pod> pods) {
    Reference wanted = new Reference(CLAIMS, claim.name());
    return pods.stream()
        .anyMatch(pod ->
            !pod.getSpec().getNodeName().isEmpty() && PodReferences.of(pod).contains(wanted));
  }

  private void write(PersistentVolumeClaim claim, boolean protect) {
    PersistentVolumeClaim.Builder changed = claim.toBuilder();
    Finalizers.set(changed.getMetadataBuilder(), FINALIZER, protect);
    try {
      client.update(ResourceTypes.PERSISTENT_VOLUME_CLAIMS, changed.build(), WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }
}
