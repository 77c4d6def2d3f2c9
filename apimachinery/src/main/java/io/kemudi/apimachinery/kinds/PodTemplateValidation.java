package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.core.v1.PodTemplateSpec;

/// Templates of pods: what a pod's metadata and spec may be, but for what only real pods can have.
final class PodTemplateValidation {
  private PodTemplateValidation() {}

  static void validate(PodTemplateSpec template, FieldPath path, FieldErrors errors) {
    ObjectMetaValidation.validateLabels(
        template.getMetadata().getLabelsMap(), path.child("labels"), errors);
    ObjectMetaValidation.validateAnnotations(
        template.getMetadata().getAnnotationsMap(), path.child("annotations"), errors);
    PodSpecValidation.validate(template.getSpec(), path.child("spec"), errors);
    if (template.getSpec().getEphemeralContainersCount() > 0) {
      errors.forbidden(
          path.child("spec", "ephemeralContainers"),
          "ephemeral containers not allowed in pod template");
    }
  }
}
