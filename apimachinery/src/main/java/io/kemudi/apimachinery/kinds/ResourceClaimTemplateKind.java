package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class ResourceClaimTemplateKind extends BuiltInKind<ResourceClaimTemplate> {
  ResourceClaimTemplateKind() {
    super(
        "resource.k8s.io",
        "ResourceClaimTemplate",
        ResourceClaimTemplate.getDefaultInstance(),
        ResourceClaimTemplate::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DeviceRequests.applyDefaults(Tree.map(tree, "spec", "spec"));
  }

  @Override
  void validate(ResourceClaimTemplate template, FieldErrors errors) {
    ResourceClaimValidation.validate(template, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      ResourceClaimTemplate now,
      ResourceClaimTemplate old,
      String subresource,
      FieldErrors errors) {
    ResourceClaimValidation.validateUpdate(now, old, errors);
  }
}
