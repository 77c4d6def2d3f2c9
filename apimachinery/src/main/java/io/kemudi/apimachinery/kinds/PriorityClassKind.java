package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.scheduling.v1.PriorityClass;
import java.util.List;

/// PriorityClass: a number with a name.
final class PriorityClassKind extends ConstantKind<PriorityClass> {
  PriorityClassKind() {
    super(
        "scheduling.k8s.io",
        "PriorityClass",
        PriorityClass.getDefaultInstance(),
        PriorityClass::getMetadata,
        true,
        List.of("preemptionPolicy=PreemptLowerPriority"));
  }

  @Override
  void validate(PriorityClass object, FieldErrors errors) {
    PriorityClassValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      PriorityClass now, PriorityClass old, String subresource, FieldErrors errors) {
    PriorityClassValidation.validateUpdate(now, old, errors);
  }
}
