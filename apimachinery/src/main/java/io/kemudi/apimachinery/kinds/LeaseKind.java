package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.coordination.v1.Lease;

/// Lease: who leads, or that a node lives.
final class LeaseKind extends BuiltInKind<Lease> {
  LeaseKind() {
    super("coordination.k8s.io", "Lease", Lease.getDefaultInstance(), Lease::getMetadata);
  }

  @Override
  void validate(Lease object, FieldErrors errors) {
    LeaseValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(Lease object, Lease old, String subresource, FieldErrors errors) {
    LeaseValidation.validate(object, errors);
  }
}
