package io.kemudi.apimachinery.kinds;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Defaults of volume sources, in pods and in persistent volumes.
final class VolumeDefaults {
  private static final ConstantDefaults OF_ANY_SOURCE =
      new ConstantDefaults(
          "hostPath.type=\"\"",
          "iscsi.iscsiInterface=default",
          "rbd.pool=rbd",
          "rbd.user=admin",
          "rbd.keyring=/etc/ceph/keyring",
          "azureDisk.cachingMode=ReadWrite",
          "azureDisk.kind=Shared",
          "azureDisk.fsType=ext4",
          "azureDisk.readOnly=false",
          "scaleIO.storageMode=ThinProvisioned",
          "scaleIO.fsType=xfs");

  /// 0644 in decimal, as JSON has it.
  private static final ConstantDefaults OF_POD_VOLUME =
      new ConstantDefaults(
          "secret.defaultMode=420",
          "configMap.defaultMode=420",
          "downwardAPI.defaultMode=420",
          "downwardAPI.items[].fieldRef.apiVersion=v1",
          "downwardAPI.items[].resourceFieldRef.divisor='0",
          "projected.defaultMode=420",
          "projected.sources[].downwardAPI.items[].fieldRef.apiVersion=v1",
          "projected.sources[].downwardAPI.items[].resourceFieldRef.divisor='0",
          "projected.sources[].serviceAccountToken.expirationSeconds=3600",
          "ephemeral.volumeClaimTemplate.spec+.volumeMode=Filesystem");

  private VolumeDefaults() {}

  /// `volume` holds a name and one source; one without a source is an empty directory.
  static void applyToPodVolume(Map<String, @Nullable Object> volume) {
    boolean hasSource = false;
    for (Map.Entry<String, Object> entry : volume.entrySet()) {
      hasSource |= !entry.getKey().equals("name") && entry.getValue() != null;
    }
    if (!hasSource) {
      volume.put("emptyDir", new LinkedHashMap<>());
    }
    applyToSource(volume);
    OF_POD_VOLUME.apply(volume);
    Map<String, @Nullable Object> image = Tree.map(volume, "image");
    if (image != null) {
      Tree.defaultText(image, "pullPolicy", ImageTag.pullPolicy(Tree.text(image, "reference")));
    }
  }

  /// `holder` has the source among its fields.
  static void applyToSource(Map<String, @Nullable Object> holder) {
    OF_ANY_SOURCE.apply(holder);
  }
}
