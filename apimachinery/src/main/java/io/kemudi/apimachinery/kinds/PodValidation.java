package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Affinity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Toleration;
import java.util.List;

/// Pods: at creation all is checked; later little may change.
final class PodValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String IMMUTABLE =
      "pod updates may not change fields other than"
          + " `spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
          + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
          + " previously negative)";
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private PodValidation() {}

  static void validateCreate(Pod pod, FieldErrors errors) {
    validate(pod, errors);
    if (pod.getSpec().getEphemeralContainersCount() > 0) {
      errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
    }
    if (!pod.getSpec().getNodeName().isEmpty() && pod.getSpec().getSchedulingGatesCount() > 0) {
      errors.forbidden(
          SPEC.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
  }

  private static void validate(Pod pod, FieldErrors errors) {
    if (pod.getMetadata().containsAnnotations(MIRROR) && pod.getSpec().getNodeName().isEmpty()) {
      errors.invalid(
          FieldPath.of("metadata", "annotations").key(MIRROR),
          pod.getMetadata().getAnnotationsOrDefault(MIRROR, ""),
          "must set spec.nodeName if mirror pod annotation is set");
    }
    PodSpecValidation.validate(pod.getSpec(), SPEC, errors);
    imagesOfPods(pod.getSpec().getContainersList(), SPEC.child("containers"), errors);
    imagesOfPods(pod.getSpec().getInitContainersList(), SPEC.child("initContainers"), errors);
  }

  /// Templates of old may have blanks around their images; pods may not.
  private static void imagesOfPods(List<Container> containers, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < containers.size(); i++) {
      String image = containers.get(i).getImage();
      if (!image.equals(image.strip())) {
        errors.invalid(
            path.index(i).child("image"), image, "must not have leading or trailing whitespace");
      }
    }
  }

  static void validateUpdate(Pod pod, Pod old, String subresource, FieldErrors errors) {
    switch (subresource) {
      case "status" -> validateStatus(pod, old, errors);
      case "ephemeralcontainers" -> {
        validate(pod, errors);
        ephemeralContainers(pod.getSpec(), old.getSpec(), errors);
      }
      case "resize" -> {
        validate(pod, errors);
        qosClass(pod, old, errors);
      }
      default -> validateSpec(pod, old, errors);
    }
  }

  private static void validateStatus(Pod pod, Pod old, FieldErrors errors) {
    FieldPath path = FieldPath.of("status", "nominatedNodeName");
    String nominated = pod.getStatus().getNominatedNodeName();
    if (!nominated.isEmpty()) {
      Checks.form(nominated, Names::dnsSubdomain, path, errors);
    }
    for (int i = 0; i < pod.getStatus().getConditionsCount(); i++) {
      Checks.form(
          pod.getStatus().getConditions(i).getType(),
          Names::qualified,
          FieldPath.of("status", "conditions").index(i).child("Type"),
          errors);
    }
    for (int i = 0; i < pod.getStatus().getPodIPsCount(); i++) {
      Checks.ip(
          pod.getStatus().getPodIPs(i).getIp(), FieldPath.of("status", "podIPs").index(i), errors);
    }
    qosClass(pod, old, errors);
    if (!pod.getSpec().getNodeName().equals(old.getSpec().getNodeName())) {
      errors.forbidden(SPEC.child("nodeName"), "may not be changed directly");
    }
  }

  private static void qosClass(Pod pod, Pod old, FieldErrors errors) {
    if (!pod.getStatus().getQosClass().equals(old.getStatus().getQosClass())) {
      errors.invalid(
          FieldPath.of("status", "qosClass"), pod.getStatus().getQosClass(), "field is immutable");
    }
  }

  private static void ephemeralContainers(PodSpec spec, PodSpec old, FieldErrors errors) {
    FieldPath path = SPEC.child("ephemeralContainers");
    for (var before : old.getEphemeralContainersList()) {
      String name = before.getEphemeralContainerCommon().getName();
      boolean kept = false;
      for (int i = 0; i < spec.getEphemeralContainersCount(); i++) {
        var now = spec.getEphemeralContainers(i);
        if (now.getEphemeralContainerCommon().getName().equals(name)) {
          kept = true;
          if (!now.equals(before)) {
            errors.forbidden(
                path,
                "existing ephemeral containers \""
                    + name
                    + "\" may not be changed\n"
                    + GoDiff.of(before, now));
          }
        }
      }
      if (!kept) {
        errors.forbidden(
            path, "existing ephemeral containers \"" + name + "\" may not be removed\n");
      }
    }
  }

  private static void validateSpec(Pod pod, Pod old, FieldErrors errors) {
    validate(pod, errors);
    PodSpec spec = pod.getSpec();
    PodSpec before = old.getSpec();
    if (spec.getContainersCount() != before.getContainersCount()) {
      errors.forbidden(SPEC.child("containers"), "pod updates may not add or remove containers");
      return;
    }
    if (spec.getInitContainersCount() != before.getInitContainersCount()) {
      errors.forbidden(
          SPEC.child("initContainers"), "pod updates may not add or remove containers");
      return;
    }
    imagesStay(spec.getContainersList(), SPEC.child("containers"), errors);
    imagesStay(spec.getInitContainersList(), SPEC.child("initContainers"), errors);
    deadline(spec, before, errors);
    tolerations(spec.getTolerationsList(), before.getTolerationsList(), errors);
    gates(spec, before, errors);
    PodSpec changed = withoutAllowedChanges(spec, before);
    if (!changed.equals(before)) {
      errors.forbidden(SPEC, IMMUTABLE + "\n" + GoDiff.of(before, changed));
    }
  }

  private static void imagesStay(List<Container> containers, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < containers.size(); i++) {
      Checks.requiredText(containers.get(i).getImage(), path.index(i).child("image"), errors);
    }
    imagesOfPods(containers, path, errors);
  }

  private static void deadline(PodSpec spec, PodSpec before, FieldErrors errors) {
    FieldPath path = SPEC.child("activeDeadlineSeconds");
    if (spec.hasActiveDeadlineSeconds()) {
      Checks.inRange(spec.getActiveDeadlineSeconds(), 0, Integer.MAX_VALUE, path, errors);
    }
    if (!before.hasActiveDeadlineSeconds()) {
      return;
    }
    if (!spec.hasActiveDeadlineSeconds()) {
      errors.invalid(path, null, "must not update from a positive integer to nil value");
    } else if (spec.getActiveDeadlineSeconds() > before.getActiveDeadlineSeconds()) {
      errors.invalid(
          path, spec.getActiveDeadlineSeconds(), "must be less than or equal to previous value");
    }
  }

  /// Tolerations are only ever added, but for how long they hold.
  private static void tolerations(
      List<Toleration> now, List<Toleration> before, FieldErrors errors) {
    for (Toleration toleration : before) {
      Toleration key = toleration.toBuilder().clearTolerationSeconds().build();
      boolean kept =
          now.stream().anyMatch(t -> t.toBuilder().clearTolerationSeconds().build().equals(key));
      if (!kept) {
        errors.forbidden(
            SPEC.child("tolerations"),
            "existing toleration can not be modified except its tolerationSeconds");
        return;
      }
    }
  }

  private static void gates(PodSpec spec, PodSpec before, FieldErrors errors) {
    for (int i = 0; i < spec.getSchedulingGatesCount(); i++) {
      var gate = spec.getSchedulingGates(i);
      if (!before.getSchedulingGatesList().contains(gate)) {
        errors.forbidden(
            SPEC.child("schedulingGates").index(i).child("name"),
            "only deletion is allowed, but found new scheduling gate '" + gate.getName() + "'");
      }
    }
  }

  /// What `now` would be had it not changed what it may.
  private static PodSpec withoutAllowedChanges(PodSpec now, PodSpec before) {
    PodSpec.Builder rest = now.toBuilder();
    for (int i = 0; i < now.getContainersCount(); i++) {
      rest.getContainersBuilder(i).setImage(before.getContainers(i).getImage());
    }
    for (int i = 0; i < now.getInitContainersCount(); i++) {
      rest.getInitContainersBuilder(i).setImage(before.getInitContainers(i).getImage());
    }
    rest.clearActiveDeadlineSeconds();
    if (before.hasActiveDeadlineSeconds()) {
      rest.setActiveDeadlineSeconds(before.getActiveDeadlineSeconds());
    }
    if (before.getTerminationGracePeriodSeconds() < 0
        && now.getTerminationGracePeriodSeconds() == 1) {
      rest.setTerminationGracePeriodSeconds(before.getTerminationGracePeriodSeconds());
    }
    rest.clearTolerations().addAllTolerations(before.getTolerationsList());
    rest.clearSchedulingGates().addAllSchedulingGates(before.getSchedulingGatesList());
    if (before.getSchedulingGatesCount() > 0) {
      // A gated pod has no node yet, so where it may go can still be narrowed.
      rest.clearNodeSelector().putAllNodeSelector(before.getNodeSelectorMap());
      withNodeAffinityOf(before, rest);
    }
    return rest.build();
  }

  private static void withNodeAffinityOf(PodSpec before, PodSpec.Builder spec) {
    Affinity.Builder affinity = spec.getAffinity().toBuilder().clearNodeAffinity();
    if (before.getAffinity().hasNodeAffinity()) {
      affinity.setNodeAffinity(before.getAffinity().getNodeAffinity());
    }
    Affinity rest = affinity.build();
    if (!before.hasAffinity() && rest.equals(Affinity.getDefaultInstance())) {
      spec.clearAffinity();
    } else {
      spec.setAffinity(rest);
    }
  }
}
