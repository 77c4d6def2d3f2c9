package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.coordination.v1.LeaseSpec;

final class LeaseValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private LeaseValidation() {}

  static void validate(Lease lease, FieldErrors errors) {
    LeaseSpec spec = lease.getSpec();
    if (spec.hasLeaseDurationSeconds() && spec.getLeaseDurationSeconds() <= 0) {
      errors.invalid(
          SPEC.child("leaseDurationSeconds"),
          spec.getLeaseDurationSeconds(),
          "must be greater than 0");
    }
    if (spec.hasLeaseTransitions()) {
      Checks.nonNegative(spec.getLeaseTransitions(), SPEC.child("leaseTransitions"), errors);
    }
  }
}
