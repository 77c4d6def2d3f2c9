package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.storage.v1.CSIDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class CSIDriverKind extends BuiltInKind<CSIDriver> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec+.attachRequired=true",
          "spec.fsGroupPolicy=ReadWriteOnceWithFSType",
          "spec.podInfoOnMount=false",
          "spec.requiresRepublish=false",
          "spec.seLinuxMount=false",
          "spec.storageCapacity=false");

  CSIDriverKind() {
    super("storage.k8s.io", "CSIDriver", CSIDriver.getDefaultInstance(), CSIDriver::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    if (Tree.list(spec, "volumeLifecycleModes").isEmpty()) {
      spec.put("volumeLifecycleModes", new ArrayList<>(List.of("Persistent")));
    }
  }

  /// A default server drops `preventPodSchedulingIfMissing`, whose feature is off.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    Tree.made(tree, "spec").remove("preventPodSchedulingIfMissing");
  }

  @Override
  void validate(CSIDriver driver, FieldErrors errors) {
    CSIDriverValidation.validate(driver.getSpec(), errors);
  }

  @Override
  void validateUpdate(CSIDriver now, CSIDriver old, String subresource, FieldErrors errors) {
    CSIDriverValidation.validateUpdate(now, old, errors);
  }
}
