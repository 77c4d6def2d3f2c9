package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Node: the one kind whose status may come with its creation, as agents register themselves.
final class NodeKind extends BuiltInKind<Node> {
  NodeKind() {
    super("", "Node", Node.getDefaultInstance(), Node::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    mirrorPodRange(Tree.made(tree, "spec"));
    Map<String, @Nullable Object> status = Tree.made(tree, "status");
    Map<String, @Nullable Object> capacity = Tree.map(status, "capacity");
    if (capacity != null && !capacity.isEmpty()) {
      Map<String, @Nullable Object> allocatable = Tree.map(status, "allocatable");
      Map<String, @Nullable Object> all =
          allocatable == null ? new LinkedHashMap<>(capacity) : allocatable;
      if (!all.isEmpty()) {
        status.put("allocatable", all);
      }
    }
  }

  /// `podCIDR` is the first of `podCIDRs`.
  private static void mirrorPodRange(Map<String, @Nullable Object> spec) {
    List<Object> ranges = Tree.list(spec, "podCIDRs");
    String range = Tree.text(spec, "podCIDR");
    if (!range.isEmpty() && (ranges.isEmpty() || !ranges.getFirst().equals(range))) {
      spec.put("podCIDRs", new ArrayList<>(List.of(range)));
    } else if (range.isEmpty() && !ranges.isEmpty()) {
      spec.put("podCIDR", ranges.getFirst());
    }
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    Tree.ifPresent(tree, "status", status -> status.remove("config"));
  }

  @Override
  void validate(Node node, FieldErrors errors) {
    NodeValidation.validate(node, errors);
  }

  @Override
  void validateUpdate(Node node, Node old, String subresource, FieldErrors errors) {
    NodeValidation.validateUpdate(node, old, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "spec.unschedulable");
  }

  @Override
  public String selectableField(Message object, String field) {
    return field.equals("spec.unschedulable")
        ? String.valueOf(cast(object).getSpec().getUnschedulable())
        : super.selectableField(object, field);
  }

  @Override
  int creationRulesOnUpdate(String subresource) {
    return subresource.isEmpty() ? 1 : 0;
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    List<String> warnings = new ArrayList<>();
    Node node = cast(object);
    if (node.getSpec().hasConfigSource()) {
      warnings.add("spec.configSource: the feature is removed");
    }
    if (!node.getSpec().getExternalID().isEmpty()) {
      warnings.add("spec.externalID: this field is deprecated, and is unused by Kubernetes");
    }
    for (int i = 0; i < node.getSpec().getPodCIDRsCount(); i++) {
      AddressWarnings.ofRange(
          node.getSpec().getPodCIDRs(i), FieldPath.of("spec", "podCIDRs").index(i), warnings);
    }
    return warnings;
  }
}
