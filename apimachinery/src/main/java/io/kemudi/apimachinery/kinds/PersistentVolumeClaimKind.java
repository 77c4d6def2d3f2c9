package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// PersistentVolumeClaim: the older and the newer way to name a data source say the same.
final class PersistentVolumeClaimKind extends BuiltInKind<PersistentVolumeClaim> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults("status+.phase=Pending", "spec+.volumeMode=Filesystem");

  PersistentVolumeClaimKind() {
    super(
        "",
        "PersistentVolumeClaim",
        PersistentVolumeClaim.getDefaultInstance(),
        PersistentVolumeClaim::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("phase", "Pending");
    tree.put("status", status);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    dropUnknownSources(spec);
    mirrorDataSource(spec);
  }

  /// The older field takes claims and snapshots only; the newer one no other namespace, as the
  /// feature for that is off. What they do not take they forget.
  private static void dropUnknownSources(Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> source = Tree.map(spec, "dataSource");
    if (source != null) {
      String from = Tree.text(source, "apiGroup") + "/" + Tree.text(source, "kind");
      if (!from.equals("/PersistentVolumeClaim")
          && !from.equals("snapshot.storage.k8s.io/VolumeSnapshot")) {
        spec.remove("dataSource");
      }
    }
    if (!Tree.text(Tree.map(spec, "dataSourceRef"), "namespace").isEmpty()) {
      spec.remove("dataSourceRef");
    }
  }

  @Override
  void validate(PersistentVolumeClaim claim, FieldErrors errors) {
    PersistentVolumeClaimValidation.validateSpec(claim.getSpec(), FieldPath.of("spec"), errors);
  }

  @Override
  void validateUpdate(
      PersistentVolumeClaim now,
      PersistentVolumeClaim old,
      String subresource,
      FieldErrors errors) {
    if (subresource.equals("status")) {
      PersistentVolumeClaimValidation.validateStatus(now, errors);
      return;
    }
    validateAgain(now, errors);
    PersistentVolumeClaimValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    return VolumeWarnings.of(cast(object));
  }

  private static void mirrorDataSource(Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> source = Tree.map(spec, "dataSource");
    Map<String, @Nullable Object> reference = Tree.map(spec, "dataSourceRef");
    if (source != null && reference == null) {
      spec.put("dataSourceRef", new LinkedHashMap<>(source));
    } else if (source == null && reference != null && !Tree.has(reference, "namespace")) {
      spec.put("dataSource", new LinkedHashMap<>(reference));
    }
  }
}
