package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A claim that says nothing of a storage class (not even `""`) gets the default one, if there is
/// one. Of several the newest counts.
final class DefaultStorageClass implements AdmissionPlugin {
  private static final String CLASSES = "storageclasses.storage.k8s.io";
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

  private final ObjectReader objects;

  DefaultStorageClass(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "DefaultStorageClass";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "persistentvolumeclaims")) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    boolean named =
        spec.get("storageClassName") != null
            || Trees.at(request.object(), "metadata", "annotations", CLASS_ANNOTATION) != null;
    if (named) {
      return;
    }
    List<Map<String, @Nullable Object>> marked =
        DefaultClasses.marked(
            objects,
            CLASSES,
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class");
    if (!marked.isEmpty()) {
      spec.put("storageClassName", Meta.name(marked.getFirst()));
    }
  }
}
