package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.apps.v1.StatefulSet;
import io.kemudi.kubernetes.apps.v1.StatefulSetSpec;
import io.kemudi.kubernetes.apps.v1.StatefulSetStatus;
import io.kemudi.kubernetes.apps.v1.StatefulSetUpdateStrategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class StatefulSetValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String IMMUTABLE =
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
          + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
          + " 'minReadySeconds' are forbidden";

  private StatefulSetValidation() {}

  static void validate(StatefulSet set, FieldErrors errors) {
    StatefulSetSpec spec = set.getSpec();
    String management = spec.getPodManagementPolicy();
    if (!management.equals("OrderedReady") && !management.equals("Parallel")) {
      errors.invalid(
          SPEC.child("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'");
    }
    strategy(spec.getUpdateStrategy(), SPEC.child("updateStrategy"), errors);
    var retention = spec.getPersistentVolumeClaimRetentionPolicy();
    FieldPath path = SPEC.child("persistentVolumeClaimRetentionPolicy");
    List<String> policies = List.of("Retain", "Delete");
    Checks.oneOf(retention.getWhenDeleted(), policies, path.child("whenDeleted"), errors);
    Checks.oneOf(retention.getWhenScaled(), policies, path.child("whenScaled"), errors);
    Checks.nonNegative(spec.getReplicas(), SPEC.child("replicas"), errors);
    Checks.nonNegative(spec.getMinReadySeconds(), SPEC.child("minReadySeconds"), errors);
    if (spec.hasOrdinals()) {
      Checks.nonNegative(spec.getOrdinals().getStart(), SPEC.child("ordinals", "start"), errors);
    }
    if (!spec.getServiceName().isEmpty()) {
      Checks.form(spec.getServiceName(), Names::dnsLabel, SPEC.child("serviceName"), errors);
    }
    WorkloadValidation.selector(
        spec.hasSelector(),
        spec.getSelector(),
        "empty selector is invalid for statefulset",
        errors);
    WorkloadValidation.template(
        spec.getTemplate(), spec.hasSelector(), spec.getSelector(), "StatefulSet", errors);
  }

  static void validateUpdate(StatefulSet set, StatefulSet old, FieldErrors errors) {
    validate(set, errors);
    if (!fixed(set.getSpec()).equals(fixed(old.getSpec()))) {
      errors.forbidden(SPEC, IMMUTABLE);
    }
  }

  /// What of a spec never changes.
  private static StatefulSetSpec fixed(StatefulSetSpec spec) {
    return spec.toBuilder()
        .clearReplicas()
        .clearOrdinals()
        .clearTemplate()
        .clearUpdateStrategy()
        .clearRevisionHistoryLimit()
        .clearPersistentVolumeClaimRetentionPolicy()
        .clearMinReadySeconds()
        .build();
  }

  private static void strategy(
      StatefulSetUpdateStrategy strategy, FieldPath path, FieldErrors errors) {
    switch (strategy.getType()) {
      case "" -> errors.required(path);
      case "OnDelete" -> {
        if (strategy.hasRollingUpdate()) {
          Map<String, @Nullable Object> shown = new LinkedHashMap<>();
          var rolling = strategy.getRollingUpdate();
          shown.put("Partition", rolling.hasPartition() ? rolling.getPartition() : null);
          shown.put("MaxUnavailable", null);
          errors.invalid(
              path.child("rollingUpdate"),
              shown,
              "only allowed for updateStrategy 'RollingUpdate'");
        }
      }
      case "RollingUpdate" ->
          Checks.nonNegative(
              strategy.getRollingUpdate().getPartition(),
              path.child("rollingUpdate", "partition"),
              errors);
      default -> {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("Type", strategy.getType());
        shown.put("RollingUpdate", null);
        errors.invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'");
      }
    }
  }

  static void validateStatus(StatefulSetStatus status, StatefulSetStatus old, FieldErrors errors) {
    FieldPath path = FieldPath.of("status");
    Checks.nonNegative(status.getReplicas(), path.child("replicas"), errors);
    Checks.nonNegative(status.getReadyReplicas(), path.child("readyReplicas"), errors);
    Checks.nonNegative(status.getCurrentReplicas(), path.child("currentReplicas"), errors);
    Checks.nonNegative(status.getUpdatedReplicas(), path.child("updatedReplicas"), errors);
    Checks.nonNegative(status.getAvailableReplicas(), path.child("availableReplicas"), errors);
    Checks.nonNegative(status.getObservedGeneration(), path.child("observedGeneration"), errors);
    Checks.nonNegative(status.getCollisionCount(), path.child("collisionCount"), errors);
    int all = status.getReplicas();
    String whole = "status.replicas";
    WorkloadValidation.notMore(
        status.getReadyReplicas(), all, path.child("readyReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getCurrentReplicas(), all, path.child("currentReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getUpdatedReplicas(), all, path.child("updatedReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getAvailableReplicas(), all, path.child("availableReplicas"), whole, errors);
    WorkloadValidation.notMore(
        status.getAvailableReplicas(),
        status.getReadyReplicas(),
        path.child("availableReplicas"),
        "status.readyReplicas",
        errors);
    WorkloadValidation.onlyGrows(
        status.getCollisionCount(), old.getCollisionCount(), path.child("collisionCount"), errors);
  }
}
