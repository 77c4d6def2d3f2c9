package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import java.util.LinkedHashMap;
import java.util.List;
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

  @Override
  void validate(PersistentVolume volume, FieldErrors errors) {
    PersistentVolumeValidation.validate(volume, errors);
    PersistentVolumeValidation.validateMountOptions(volume, errors);
  }

  @Override
  void validateUpdate(
      PersistentVolume now, PersistentVolume old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      return;
    }
    validateAgain(now, errors);
    // Upstream's strategy checks the volume, and so does its check of the update.
    PersistentVolumeValidation.validate(now, errors);
    PersistentVolumeValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return VolumeWarnings.of(cast(object));
  }
}
