package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.pods.PodAmounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apiserver.admission.AdmissionRequest.Operation;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A resize that the pod's node can never carry out fails at once, instead of being called
/// infeasible by the node later.
final class PodResizeValidator implements AdmissionPlugin {
  private final ObjectReader objects;

  PodResizeValidator(ObjectReader objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "PodResizeValidator";
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean resize =
        request.operation() == Operation.UPDATE
            && request.isOf("", "pods")
            && request.target().subresource().equals("resize");
    if (!resize
        || !(Trees.at(request.object(), "spec", "nodeName") instanceof String name)
        || name.isEmpty()
        || Objects.equals(
            Trees.at(request.object(), "metadata", "generation"),
            Trees.at(request.old(), "metadata", "generation"))) {
      return;
    }
    Map<String, @Nullable Object> node = objects.cached("nodes", "", name);
    if (node == null) {
      throw request.forbidden("node \"" + name + "\" not found");
    }
    requireRoom(request, node);
    if (!(Trees.at(node, "metadata", "labels", "kubernetes.io/os") instanceof String system)
        || !system.equals("linux")) {
      Object label = Trees.at(node, "metadata", "labels", "kubernetes.io/os");
      throw request.forbidden(
          "pod resize is only supported on linux nodes, node \""
              + name
              + "\" is \""
              + (label == null ? "" : label)
              + "\"");
    }
  }

  private static void requireRoom(AdmissionRequest request, Map<String, @Nullable Object> node) {
    PodSpec spec = Messages.pod(request.object()).getSpec();
    Map<String, Quantity> wanted =
        Amounts.plus(PodAmounts.requests(spec), Amounts.of(spec.getOverheadMap()));
    List<String> lacking = new ArrayList<>();
    long cpu = allocatable(node, "cpu").milliValue();
    long cpuWanted = wanted.getOrDefault("cpu", Quantity.ZERO).milliValue();
    if (cpuWanted > cpu) {
      lacking.add("cpu, requested: " + cpuWanted + ", allocatable: " + cpu);
    }
    long memory = allocatable(node, "memory").value();
    long memoryWanted = wanted.getOrDefault("memory", Quantity.ZERO).value();
    if (memoryWanted > memory) {
      lacking.add("memory, requested: " + memoryWanted + ", allocatable: " + memory);
    }
    if (!lacking.isEmpty()) {
      throw request.forbidden(
          "Node didn't have enough allocatable resources: " + String.join("; ", lacking));
    }
  }

  private static Quantity allocatable(Map<String, @Nullable Object> node, String name) {
    return Trees.at(node, "status", "allocatable", name) instanceof String text
        ? Quantity.parse(text)
        : Quantity.ZERO;
  }
}
