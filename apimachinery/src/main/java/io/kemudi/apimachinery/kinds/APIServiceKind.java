package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.apiregistration.v1.APIService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// APIService: who serves a version of a group.
final class APIServiceKind extends ConstantKind<APIService> {
  APIServiceKind() {
    super(
        "apiregistration.k8s.io",
        "APIService",
        APIService.getDefaultInstance(),
        APIService::getMetadata,
        false,
        List.of("spec.service.port=443"));
  }

  @Override
  void validate(APIService object, FieldErrors errors) {
    APIServiceValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(APIService now, APIService old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      APIServiceValidation.validateStatus(now, errors);
      return;
    }
    validateAgain(now, errors);
  }

  /// What this server serves itself is available at once.
  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    super.prepareForCreate(tree);
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    if (!Tree.has(Tree.map(tree, "spec"), "service")) {
      Map<String, @Nullable Object> condition = new LinkedHashMap<>();
      condition.put("type", "Available");
      condition.put("status", "True");
      Tree.ifPresent(
          tree,
          "metadata",
          metadata -> {
            if (Tree.has(metadata, "creationTimestamp")) {
              condition.put("lastTransitionTime", metadata.get("creationTimestamp"));
            }
          });
      condition.put("reason", "Local");
      condition.put("message", "Local APIServices are always available");
      status.put("conditions", List.of(condition));
    }
    tree.put("status", status);
  }

  /// `v1.` is the core group's.
  @Override
  List<String> wrongName(String name) {
    return Names.pathSegment(name);
  }
}
