package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class ResourceClaimKind extends BuiltInKind<ResourceClaim> {
  ResourceClaimKind() {
    super(
        "resource.k8s.io",
        "ResourceClaim",
        ResourceClaim.getDefaultInstance(),
        ResourceClaim::getMetadata);
  }

  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DeviceRequests.applyDefaults(Tree.map(tree, "spec"));
  }

  @Override
  void validate(ResourceClaim claim, FieldErrors errors) {
    ResourceClaimValidation.validate(claim, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      ResourceClaim now, ResourceClaim old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      ResourceClaimValidation.validateStatus(now, old, errors);
    } else {
      ResourceClaimValidation.validateUpdate(now, old, errors);
    }
  }
}
