package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.Meta;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod learns the zone and region of its node (KEP-4742): when it is created on a node its own
/// labels win, when it is bound only those that the binding brings.
final class PodTopologyLabels implements AdmissionPlugin {
  private static final List<String> LABELS =
      List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");

  private final ObjectReader objects;

  PodTopologyLabels(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "PodTopologyLabels";
  }

  @Override
  public void admit(AdmissionRequest request) {
    boolean binding =
        request.operation() == Operation.UPDATE
            && request.isOf("", "pods")
            && request.target().subresource().equals("binding");
    if (!binding && !request.isCreateOf("", "pods")) {
      return;
    }
    if (!(Trees.at(request.object(), "spec", "nodeName") instanceof String node)
        || node.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> known = objects.cached("nodes", "", node);
    if (known == null) {
      return;
    }
    for (String label : LABELS) {
      if (Trees.at(known, "metadata", "labels", label) instanceof String value) {
        Object present = Trees.at(request.object(), "metadata", "labels", label);
        Object before = binding ? Trees.at(request.old(), "metadata", "labels", label) : null;
        if (present == null || binding && present.equals(before)) {
          Trees.child(Meta.of(request.object()), "labels").put(label, value);
        }
      }
    }
  }
}
