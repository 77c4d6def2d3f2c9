package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.core.v1.ResourceQuota;

/// ResourceQuota: how much of everything a namespace may have.
final class ResourceQuotaKind extends BuiltInKind<ResourceQuota> {
  ResourceQuotaKind() {
    super("", "ResourceQuota", ResourceQuota.getDefaultInstance(), ResourceQuota::getMetadata);
  }

  @Override
  void validate(ResourceQuota object, FieldErrors errors) {
    ResourceQuotaValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      ResourceQuota now, ResourceQuota old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      ResourceQuotaValidation.validateStatus(now, errors);
      return;
    }
    ResourceQuotaValidation.validateUpdate(now, old, errors);
  }
}
