package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import java.util.List;

/// MutatingAdmissionPolicyBinding: where a policy is in force.
final class MutatingAdmissionPolicyBindingKind
    extends ConstantKind<MutatingAdmissionPolicyBinding> {
  MutatingAdmissionPolicyBindingKind() {
    super(
        "admissionregistration.k8s.io",
        "MutatingAdmissionPolicyBinding",
        MutatingAdmissionPolicyBinding.getDefaultInstance(),
        MutatingAdmissionPolicyBinding::getMetadata,
        true,
        List.of(
            "spec.matchResources.excludeResourceRules[].scope=*",
            "spec.matchResources.resourceRules[].scope=*",
            "spec.matchResources.matchPolicy=Equivalent",
            "spec.matchResources.namespaceSelector={}",
            "spec.matchResources.objectSelector={}"));
  }

  @Override
  void validate(MutatingAdmissionPolicyBinding object, FieldErrors errors) {
    MutatingAdmissionPolicyValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      MutatingAdmissionPolicyBinding now,
      MutatingAdmissionPolicyBinding old,
      String subresource,
      FieldErrors errors) {
    validateAgain(now, errors);
  }
}
