package io.kemudi.client.volumes;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import java.util.Collection;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Claims, volumes and how they find each other. Pure; upstream's rules and annotations.
public final class VolumeClaims {
  /// On a claim: both sides of the binding are written.
  public static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";

  /// On a claim or a volume: the reference to the other side was written by a controller, and may
  /// be taken back by one.
  public static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

  /// On a claim: the node that the scheduler chose, where its volume has to be made.
  public static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /// On a claim: whose task it is to make its volume.
  public static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";

  /// On a volume: who made it, and so removes it.
  public static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

  /// The provisioner of classes whose volumes are made by people.
  public static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";

  private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";
  private static final String STORAGE = "storage";

  private VolumeClaims() {}

  /// "" is the class of claims that want no class.
  public static String classOf(PersistentVolumeClaim claim) {
    String old = claim.getMetadata().getAnnotationsMap().get(OLD_CLASS);
    return old == null ? claim.getSpec().getStorageClassName() : old;
  }

  public static String classOf(PersistentVolume volume) {
    String old = volume.getMetadata().getAnnotationsMap().get(OLD_CLASS);
    return old == null ? volume.getSpec().getStorageClassName() : old;
  }

  public static boolean waitsForConsumer(@Nullable StorageClass storageClass) {
    return storageClass != null
        && storageClass.getVolumeBindingMode().equals("WaitForFirstConsumer");
  }

  public static boolean isBound(PersistentVolumeClaim claim) {
    return !claim.getSpec().getVolumeName().isEmpty() && has(claim, BIND_COMPLETED);
  }

  public static boolean has(PersistentVolumeClaim claim, String annotation) {
    return claim.getMetadata().getAnnotationsMap().containsKey(annotation);
  }

  public static boolean has(PersistentVolume volume, String annotation) {
    return volume.getMetadata().getAnnotationsMap().containsKey(annotation);
  }

  /// Whether the volume is promised to this claim, by name or for good.
  public static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    return volume.getSpec().hasClaimRef()
        && reference.getNamespace().equals(claim.getMetadata().getNamespace())
        && reference.getName().equals(claim.getMetadata().getName())
        && (reference.getUid().isEmpty()
            || reference.getUid().equals(claim.getMetadata().getUid()));
  }

  /// The smallest volume that suits the claim; one that is promised to it comes first. Null for
  /// none.
  ///
  /// @param volumes those of the claim's class at least
  /// @param allowed what else has to hold, such as being reachable from a node and not being taken
  public static @Nullable PersistentVolume find(
      PersistentVolumeClaim claim,
      Collection<PersistentVolume> volumes,
      Predicate<PersistentVolume> allowed) {
    PersistentVolume best = null;
    for (PersistentVolume volume : volumes) {
      if (volume.getMetadata().hasDeletionTimestamp() || !allowed.test(volume)) {
        continue;
      }
      if (isFor(volume, claim)) {
        if (mismatch(claim, volume).isEmpty()) {
          return volume;
        }
      } else if (isFree(volume)
          && selects(claim, volume)
          && mismatch(claim, volume).isEmpty()
          && (best == null || isBetter(volume, best))) {
        best = volume;
      }
    }
    return best;
  }

  private static boolean isFree(PersistentVolume volume) {
    return !volume.getSpec().hasClaimRef() && volume.getStatus().getPhase().equals("Available");
  }

  private static boolean selects(PersistentVolumeClaim claim, PersistentVolume volume) {
    return !claim.getSpec().hasSelector()
        || LabelSelector.of(claim.getSpec().getSelector())
            .matches(volume.getMetadata().getLabelsMap());
  }

  /// Among equals by name, so that all who look agree.
  private static boolean isBetter(PersistentVolume volume, PersistentVolume than) {
    int bySize = capacity(volume).compareTo(capacity(than));
    return bySize < 0
        || bySize == 0
            && volume.getMetadata().getName().compareTo(than.getMetadata().getName()) < 0;
  }

  /// Why the claim may not have the volume, whatever its labels; "" when it may.
  public static String mismatch(PersistentVolumeClaim claim, PersistentVolume volume) {
    var wanted = claim.getSpec();
    var offered = volume.getSpec();
    if (capacity(volume).compareTo(request(claim)) < 0) {
      return "requested PV is too small";
    }
    if (!classOf(claim).equals(classOf(volume))) {
      return "storageClassName does not match";
    }
    if (!wanted.getVolumeAttributesClassName().equals(offered.getVolumeAttributesClassName())) {
      return "volumeAttributesClassName does not match";
    }
    if (isBlock(wanted.getVolumeMode()) != isBlock(offered.getVolumeMode())) {
      return "incompatible volumeMode";
    }
    return offered.getAccessModesList().containsAll(wanted.getAccessModesList())
        ? ""
        : "incompatible accessMode";
  }

  private static boolean isBlock(String mode) {
    return mode.equals("Block"); // not said means a file system
  }

  public static Quantity request(PersistentVolumeClaim claim) {
    return amount(claim.getSpec().getResources().getRequestsMap());
  }

  private static Quantity capacity(PersistentVolume volume) {
    return amount(volume.getSpec().getCapacityMap());
  }

  private static Quantity amount(Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts) {
    var amount = amounts.get(STORAGE);
    try {
      return amount == null ? Quantity.ZERO : Quantity.parse(amount.getString());
    } catch (QuantityFormatException e) {
      return Quantity.ZERO; // the server lets no such amount in
    }
  }
}
