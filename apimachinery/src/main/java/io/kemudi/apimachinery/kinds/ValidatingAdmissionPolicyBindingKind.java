package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import java.util.List;

/// ValidatingAdmissionPolicyBinding: where a policy is in force, and what it does.
final class ValidatingAdmissionPolicyBindingKind
    extends ConstantKind<ValidatingAdmissionPolicyBinding> {
  ValidatingAdmissionPolicyBindingKind() {
    super(
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
        ValidatingAdmissionPolicyBinding.getDefaultInstance(),
        ValidatingAdmissionPolicyBinding::getMetadata,
        true,
        List.of(
            "spec.matchResources.excludeResourceRules[].scope=*",
            "spec.matchResources.resourceRules[].scope=*",
            "spec.matchResources.matchPolicy=Equivalent",
            "spec.matchResources.namespaceSelector={}",
            "spec.matchResources.objectSelector={}"));
  }

  @Override
  void validate(ValidatingAdmissionPolicyBinding object, FieldErrors errors) {
    ValidatingAdmissionPolicyValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      ValidatingAdmissionPolicyBinding now,
      ValidatingAdmissionPolicyBinding old,
      String subresource,
      FieldErrors errors) {
    validateAgain(now, errors);
  }
}
