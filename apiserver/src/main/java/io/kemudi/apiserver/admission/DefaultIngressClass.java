package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An Ingress that names no class gets the default one, if there is one. Of several the newest
/// counts.
final class DefaultIngressClass implements AdmissionPlugin {
  private static final String GROUP = "networking.k8s.io";

  private final ObjectReader objects;

  DefaultIngressClass(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "DefaultIngressClass";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf(GROUP, "ingresses")) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    boolean named =
        spec.get("ingressClassName") != null
            || Trees.at(request.object(), "metadata", "annotations", "kubernetes.io/ingress.class")
                != null;
    if (named) {
      return;
    }
    List<Map<String, @Nullable Object>> marked =
        DefaultClasses.marked(
            objects, "ingressclasses." + GROUP, "ingressclass.kubernetes.io/is-default-class");
    if (!marked.isEmpty()) {
      spec.put("ingressClassName", Meta.name(marked.getFirst()));
    }
  }
}
