package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.PersistentVolume;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class PersistentVolumeKind extends BuiltInKind<PersistentVolume> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "status+.phase=Pending",
          "spec+.persistentVolumeReclaimPolicy=Retain",
          "spec.volumeMode=Filesystem");

  PersistentVolumeKind() {
    super(
        "",
        "PersistentVolume",
        PersistentVolume.getDefaultInstance(),
        PersistentVolume::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Tree.ifPresent(tree, "spec", VolumeDefaults::applyToSource);
  }

  /// Its first phase begins with it.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("phase", "Pending");
    Object created = Tree.made(tree, "metadata").get("creationTimestamp");
    if (created != null) {
      status.put("lastPhaseTransitionTime", created);
    }
    tree.put("status", status);
  }
}
