package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A claim grows only when it is bound and its storage class says that its volumes can.
final class PersistentVolumeClaimResize implements AdmissionPlugin {
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

  private final ObjectReader objects;

  PersistentVolumeClaimResize(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "PersistentVolumeClaimResize";
  }

  @Override
  public void validate(AdmissionRequest request) {
    Map<String, @Nullable Object> old = request.old();
    if (!request.isUpdateOf("", "persistentvolumeclaims") || old == null) {
      return;
    }
    if (storage(request.object()).compareTo(storage(old)) <= 0) {
      return;
    }
    if (!"Bound".equals(Trees.at(old, "status", "phase"))) {
      throw request.forbidden("Only bound persistent volume claims can be expanded");
    }
    if (!mayGrow(request.object(), old)) {
      throw request.forbidden(
          "only dynamically provisioned pvc can be resized and the storageclass that provisions the"
              + " pvc must support resize");
    }
  }

  private static Quantity storage(Map<String, @Nullable Object> claim) {
    return Trees.at(claim, "spec", "resources", "requests", "storage") instanceof String text
        ? Quantity.parse(text)
        : Quantity.ZERO;
  }

  private boolean mayGrow(Map<String, @Nullable Object> claim, Map<String, @Nullable Object> old) {
    String name = storageClass(claim);
    if (name.isEmpty() || !name.equals(storageClass(old))) {
      return false;
    }
    Map<String, @Nullable Object> known = objects.cached("storageclasses.storage.k8s.io", "", name);
    return known != null && Boolean.TRUE.equals(known.get("allowVolumeExpansion"));
  }

  private static String storageClass(Map<String, @Nullable Object> claim) {
    Object named = Trees.at(claim, "metadata", "annotations", CLASS_ANNOTATION);
    if (named == null) {
      named = Trees.at(claim, "spec", "storageClassName");
    }
    return named instanceof String text ? text : "";
  }
}
