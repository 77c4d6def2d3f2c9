package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.registry.Meta;
import java.util.ArrayList;
import java.util.List;

/// A volume or claim that is in use outlives its deletion: its finalizer is taken by a controller
/// when the last user is gone.
final class StorageObjectInUseProtection implements AdmissionPlugin {
  private static final String VOLUME = "kubernetes.io/pv-protection";
  private static final String CLAIM = "kubernetes.io/pvc-protection";

  @Override
  public String name() {
    return "StorageObjectInUseProtection";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (request.isCreateOf("", "persistentvolumes")) {
      protect(request, VOLUME);
    } else if (request.isCreateOf("", "persistentvolumeclaims")) {
      protect(request, CLAIM);
    }
  }

  private static void protect(AdmissionRequest request, String finalizer) {
    List<String> finalizers = new ArrayList<>(Meta.finalizers(request.object()));
    if (!finalizers.contains(finalizer)) {
      finalizers.add(finalizer);
      Meta.setFinalizers(request.object(), finalizers);
    }
  }
}
