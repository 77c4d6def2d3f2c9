package io.kemudi.controllermanager.ownership;

import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import org.jspecify.annotations.Nullable;

/// The one owner reference with `controller: true`.
public final class ControllerRef {
  private ControllerRef() {}

  public static @Nullable OwnerReference of(ObjectMeta meta) {
    for (OwnerReference owner : meta.getOwnerReferencesList()) {
      if (owner.getController()) {
        return owner;
      }
    }
    return null;
  }

  public static boolean isControlledBy(ObjectMeta meta, String uid) {
    OwnerReference owner = of(meta);
    return owner != null && owner.getUid().equals(uid);
  }

  public static OwnerReference to(String apiVersion, String kind, ObjectMeta owner) {
    return OwnerReference.newBuilder()
        .setApiVersion(apiVersion)
        .setKind(kind)
        .setName(owner.getName())
        .setUid(owner.getUid())
        .setController(true)
        .setBlockOwnerDeletion(true)
        .build();
  }
}
