package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class ResourceSliceKind extends BuiltInKind<ResourceSlice> {
  ResourceSliceKind() {
    super(
        "resource.k8s.io",
        "ResourceSlice",
        ResourceSlice.getDefaultInstance(),
        ResourceSlice::getMetadata,
        true);
  }

  /// A taint counts from when it came.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Object now = Tree.made(tree, "metadata").get("creationTimestamp");
    for (Map<String, @Nullable Object> device : Tree.maps(Tree.made(tree, "spec"), "devices")) {
      for (Map<String, @Nullable Object> taint : Tree.maps(device, "taints")) {
        if (now != null) {
          Tree.defaultTo(taint, "timeAdded", now);
        }
      }
    }
  }

  @Override
  void validate(ResourceSlice slice, FieldErrors errors) {
    ResourceSliceValidation.validate(slice, errors);
  }

  @Override
  void validateUpdate(
      ResourceSlice now, ResourceSlice old, String subresource, FieldErrors errors) {
    ResourceSliceValidation.validateUpdate(now, old, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of("metadata.name", "spec.nodeName", "spec.driver");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: " + field;
  }

  @Override
  public String selectableField(com.google.protobuf.Message object, String field) {
    return switch (field) {
      case "spec.nodeName" -> cast(object).getSpec().getNodeName();
      case "spec.driver" -> cast(object).getSpec().getDriver();
      default -> super.selectableField(object, field);
    };
  }
}
