package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration;
import java.util.List;

/// PriorityLevelConfiguration: how many requests of a level run, and how many wait.
final class PriorityLevelConfigurationKind extends ConstantKind<PriorityLevelConfiguration> {
  PriorityLevelConfigurationKind() {
    super(
        "flowcontrol.apiserver.k8s.io",
        "PriorityLevelConfiguration",
        PriorityLevelConfiguration.getDefaultInstance(),
        PriorityLevelConfiguration::getMetadata,
        true,
        List.of(
            "spec.limited.nominalConcurrencyShares=30",
            "spec.limited.lendablePercent=0",
            "spec.limited.limitResponse.queuing.handSize?=8",
            "spec.limited.limitResponse.queuing.queues?=64",
            "spec.limited.limitResponse.queuing.queueLengthLimit?=50"));
  }

  @Override
  void validate(PriorityLevelConfiguration object, FieldErrors errors) {
    PriorityLevelConfigurationValidation.validate(object, errors);
  }

  @Override
  void validateUpdate(
      PriorityLevelConfiguration now,
      PriorityLevelConfiguration old,
      String subresource,
      FieldErrors errors) {
    if (subresource.equals("status")) {
      PriorityLevelConfigurationValidation.validateStatus(now, errors);
      return;
    }
    validateAgain(now, errors);
  }
}
