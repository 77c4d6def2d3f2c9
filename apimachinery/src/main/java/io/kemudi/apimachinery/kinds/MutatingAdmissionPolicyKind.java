package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicy;
import java.util.List;

/// MutatingAdmissionPolicy: expressions that change requests.
final class MutatingAdmissionPolicyKind extends ConstantKind<MutatingAdmissionPolicy> {
  MutatingAdmissionPolicyKind() {
    super(
        "admissionregistration.k8s.io",
        "MutatingAdmissionPolicy",
        MutatingAdmissionPolicy.getDefaultInstance(),
        MutatingAdmissionPolicy::getMetadata,
        true,
        List.of(
            "spec+.failurePolicy=Fail",
            "spec.matchConstraints.excludeResourceRules[].scope=*",
            "spec.matchConstraints.resourceRules[].scope=*",
            "spec.matchConstraints.matchPolicy=Equivalent",
            "spec.matchConstraints.namespaceSelector={}",
            "spec.matchConstraints.objectSelector={}"));
  }

  @Override
  void validate(MutatingAdmissionPolicy object, FieldErrors errors) {
    MutatingAdmissionPolicyValidation.validate(object, null, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      MutatingAdmissionPolicy now,
      MutatingAdmissionPolicy old,
      String subresource,
      FieldErrors errors) {
    validateMetadata(now, errors);
    MutatingAdmissionPolicyValidation.validate(now, old, ExpressionChecks.CURRENT, errors);
  }
}
