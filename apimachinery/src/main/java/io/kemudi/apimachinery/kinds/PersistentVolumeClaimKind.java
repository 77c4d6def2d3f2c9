package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import java.util.LinkedHashMap;
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
    mirrorDataSource(Tree.made(tree, "spec"));
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
