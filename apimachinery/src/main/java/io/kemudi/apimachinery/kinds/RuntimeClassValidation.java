package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.core.v1.ResourceRequirements;
import io.kemudi.kubernetes.node.v1.RuntimeClass;
import java.util.Set;

final class RuntimeClassValidation {
  private RuntimeClassValidation() {}

  static void validate(RuntimeClass runtime, FieldErrors errors) {
    Checks.form(runtime.getHandler(), Names::dnsLabel, FieldPath.of("handler"), errors);
    if (runtime.hasOverhead()) {
      // Upstream checks it as the limits of a container.
      ResourcesValidation.validateContainer(
          ResourceRequirements.newBuilder()
              .putAllLimits(runtime.getOverhead().getPodFixedMap())
              .build(),
          Set.of(),
          FieldPath.of("overhead"),
          errors);
    }
    if (runtime.hasScheduling()) {
      FieldPath path = FieldPath.of("scheduling");
      ObjectMetaValidation.validateLabels(
          runtime.getScheduling().getNodeSelectorMap(), path.child("nodeSelector"), errors);
      PodSpecValidation.tolerations(
          runtime.getScheduling().getTolerationsList(), path.child("tolerations"), errors);
    }
  }

  static void validateUpdate(RuntimeClass now, RuntimeClass old, FieldErrors errors) {
    Immutable.check(now.getHandler(), old.getHandler(), FieldPath.of("handler"), errors);
  }
}
