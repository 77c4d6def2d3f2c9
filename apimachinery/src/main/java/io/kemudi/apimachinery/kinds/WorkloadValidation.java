package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.selector.LabelSelectors;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.apps.v1.ReplicaSetStatus;
import io.kemudi.kubernetes.core.v1.PodTemplateSpec;
import io.kemudi.kubernetes.core.v1.ReplicationController;
import io.kemudi.kubernetes.meta.v1.LabelSelector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the kinds that make pods share: selectors that select what the template makes, and counts.
final class WorkloadValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private WorkloadValidation() {}

  static void validate(ReplicaSet set, FieldErrors errors) {
    var spec = set.getSpec();
    Checks.nonNegative(spec.getReplicas(), SPEC.child("replicas"), errors);
    Checks.nonNegative(spec.getMinReadySeconds(), SPEC.child("minReadySeconds"), errors);
    selector(
        spec.hasSelector(), spec.getSelector(), "empty selector is invalid for deployment", errors);
    template(spec.getTemplate(), spec.hasSelector(), spec.getSelector(), errors);
  }

  static void validateUpdate(ReplicaSet set, ReplicaSet old, FieldErrors errors) {
    validate(set, errors);
    if (!set.getSpec().getSelector().equals(old.getSpec().getSelector())) {
      errors.invalid(
          SPEC.child("selector"),
          LabelSelectorValidation.shown(set.getSpec().getSelector()),
          "field is immutable");
    }
  }

  static void validateStatus(ReplicaSet set, FieldErrors errors) {
    ReplicaSetStatus status = set.getStatus();
    Counts counts =
        new Counts(
            status.getReplicas(),
            status.getFullyLabeledReplicas(),
            status.getReadyReplicas(),
            status.getAvailableReplicas(),
            status.getObservedGeneration());
    counts.validate(errors);
  }

  static void validateStatus(ReplicationController controller, FieldErrors errors) {
    var status = controller.getStatus();
    Counts counts =
        new Counts(
            status.getReplicas(),
            status.getFullyLabeledReplicas(),
            status.getReadyReplicas(),
            status.getAvailableReplicas(),
            status.getObservedGeneration());
    counts.validate(errors);
  }

  /// What the two kinds that keep a number of pods count.
  private record Counts(int all, int labelled, int ready, int available, long generation) {
    void validate(FieldErrors errors) {
      FieldPath path = FieldPath.of("status");
      Checks.nonNegative(all, path.child("replicas"), errors);
      Checks.nonNegative(labelled, path.child("fullyLabeledReplicas"), errors);
      Checks.nonNegative(ready, path.child("readyReplicas"), errors);
      Checks.nonNegative(available, path.child("availableReplicas"), errors);
      Checks.nonNegative(generation, path.child("observedGeneration"), errors);
      String whole = "status.replicas";
      notMore(labelled, all, path.child("fullyLabeledReplicas"), whole, errors);
      notMore(ready, all, path.child("readyReplicas"), whole, errors);
      notMore(available, all, path.child("availableReplicas"), whole, errors);
      notMore(available, ready, path.child("availableReplicas"), "readyReplicas", errors);
    }
  }

  static void notMore(int part, int whole, FieldPath path, String of, FieldErrors errors) {
    if (part > whole) {
      errors.invalid(path, part, "cannot be greater than " + of);
    }
  }

  static void onlyGrows(int now, int before, FieldPath path, FieldErrors errors) {
    if (now < before) {
      errors.invalid(path, now, "cannot be decremented");
    }
  }

  static void selector(
      boolean present, LabelSelector selector, String whenEmpty, FieldErrors errors) {
    FieldPath path = SPEC.child("selector");
    if (!present) {
      errors.required(path);
      return;
    }
    LabelSelectorValidation.validate(selector, path, errors);
    if (LabelSelectorValidation.isEmpty(selector)) {
      errors.invalid(path, LabelSelectorValidation.shown(selector), whenEmpty);
    }
  }

  /// The pods of the template must be the workload's own, and always be restarted.
  static void template(
      PodTemplateSpec template, boolean hasSelector, LabelSelector selector, FieldErrors errors) {
    template(template, hasSelector, selector, "ReplicaSet", errors);
  }

  /// `owner` is the kind whose pods cannot have a deadline.
  static void template(
      PodTemplateSpec template,
      boolean hasSelector,
      LabelSelector selector,
      String owner,
      FieldErrors errors) {
    FieldPath path = SPEC.child("template");
    if (isValid(selector)) {
      boolean selects =
          hasSelector
              && (LabelSelectorValidation.isEmpty(selector)
                  || LabelSelectors.matches(selector, template.getMetadata().getLabelsMap()));
      if (!selects) {
        errors.invalid(
            path.child("metadata", "labels"),
            labels(template.getMetadata().getLabelsMap()),
            "`selector` does not match template `labels`");
      }
    } else {
      errors.invalid(
          SPEC.child("selector"),
          LabelSelectorValidation.shown(selector),
          "invalid label selector");
    }
    PodTemplateValidation.validate(template, path, errors);
    alwaysRestarted(template, path, owner, errors);
  }

  private static boolean isValid(LabelSelector selector) {
    FieldErrors wrong = new FieldErrors();
    LabelSelectorValidation.validate(selector, SPEC, wrong);
    return wrong.isEmpty();
  }

  private static void alwaysRestarted(
      PodTemplateSpec template, FieldPath path, String kind, FieldErrors errors) {
    String policy = template.getSpec().getRestartPolicy();
    if (!policy.equals("Always")) {
      errors.notSupported(path.child("spec", "restartPolicy"), policy, List.of("Always"));
    }
    if (template.getSpec().hasActiveDeadlineSeconds()) {
      errors.forbidden(
          path.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in " + kind + " is not Supported");
    }
  }

  static @Nullable Object labels(Map<String, String> labels) {
    return labels.isEmpty() ? null : new TreeMap<>(labels);
  }

  static void validate(ReplicationController controller, FieldErrors errors) {
    var spec = controller.getSpec();
    Checks.nonNegative(spec.getMinReadySeconds(), SPEC.child("minReadySeconds"), errors);
    if (spec.getSelectorCount() == 0) {
      errors.required(SPEC.child("selector"));
    }
    Checks.nonNegative(spec.getReplicas(), SPEC.child("replicas"), errors);
    FieldPath path = SPEC.child("template");
    if (!spec.hasTemplate()) {
      errors.required(path);
      return;
    }
    var template = spec.getTemplate();
    if (spec.getSelectorCount() > 0
        && !LabelSelectors.matchesAll(
            spec.getSelectorMap(), template.getMetadata().getLabelsMap())) {
      errors.invalid(
          path.child("metadata", "labels"),
          labels(template.getMetadata().getLabelsMap()),
          "`selector` does not match template `labels`");
    }
    PodTemplateValidation.validate(template, path, errors);
    alwaysRestarted(template, path, "ReplicationController", errors);
  }
}
