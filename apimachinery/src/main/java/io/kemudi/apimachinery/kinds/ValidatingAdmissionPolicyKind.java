package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy;
import java.util.List;

/// ValidatingAdmissionPolicy: expressions that requests have to fulfil.
final class ValidatingAdmissionPolicyKind extends ConstantKind<ValidatingAdmissionPolicy> {
  ValidatingAdmissionPolicyKind() {
    super(
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy",
        ValidatingAdmissionPolicy.getDefaultInstance(),
        ValidatingAdmissionPolicy::getMetadata,
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
  void validate(ValidatingAdmissionPolicy object, FieldErrors errors) {
    ValidatingAdmissionPolicyValidation.validate(object, null, ExpressionChecks.CURRENT, errors);
  }

  @Override
  void validateUpdate(
      ValidatingAdmissionPolicy now,
      ValidatingAdmissionPolicy old,
      String subresource,
      FieldErrors errors) {
    if (subresource.equals("status")) {
      ValidatingAdmissionPolicyValidation.validateStatus(now, errors);
      return;
    }
    validateMetadata(now, errors);
    ValidatingAdmissionPolicyValidation.validate(now, old, ExpressionChecks.CURRENT, errors);
  }
}
