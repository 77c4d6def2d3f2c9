package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaimSpec;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaimStatus;
import io.kemudi.kubernetes.core.v1.TypedObjectReference;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// PersistentVolumeClaim. Its spec stays as it was, but for what the controller fills in once and
/// for growing (or taking back an attempt to grow) once it is bound.
final class PersistentVolumeClaimValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final List<String> RESIZE_STATUSES =
      List.of(
          "ControllerResizeInProgress",
          "ControllerResizeInfeasible",
          "NodeResizePending",
          "NodeResizeInProgress",
          "NodeResizeInfeasible");

  private PersistentVolumeClaimValidation() {}

  static void validateSpec(PersistentVolumeClaimSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.getAccessModesCount() == 0) {
      errors.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    if (spec.hasSelector()) {
      LabelSelectorValidation.validate(spec.getSelector(), path.child("selector"), errors);
    }
    AccessModes.validate(spec.getAccessModesList(), path.child("accessModes"), errors);
    FieldPath storage = path.child("resources").key("storage");
    if (!spec.getResources().containsRequests("storage")) {
      errors.required(storage);
    } else if (amount(spec).signum() <= 0) {
      errors.invalid(storage, amount(spec).toString(), "must be greater than zero");
    }
    if (!spec.getStorageClassName().isEmpty()) {
      Checks.form(
          spec.getStorageClassName(), Names::dnsSubdomain, path.child("storageClassName"), errors);
    }
    if (spec.hasVolumeMode()) {
      Checks.oneOf(
          spec.getVolumeMode(),
          PersistentVolumeValidation.VOLUME_MODES,
          path.child("volumeMode"),
          errors);
    }
    dataSources(spec, path, errors);
    if (!spec.getVolumeAttributesClassName().isEmpty()) {
      Checks.form(
          spec.getVolumeAttributesClassName(),
          Names::dnsSubdomain,
          path.child("volumeAttributesClassName"),
          errors);
    }
  }

  private static Quantity amount(PersistentVolumeClaimSpec spec) {
    return amount(spec.getResources().getRequestsMap());
  }

  private static Quantity amount(Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts) {
    var message = amounts.get("storage");
    return message == null ? Quantity.ZERO : ResourcesValidation.quantity(message);
  }

  private static void dataSources(
      PersistentVolumeClaimSpec spec, FieldPath path, FieldErrors errors) {
    if (spec.hasDataSource()) {
      source(asReference(spec), path.child("dataSource"), errors);
    }
    if (spec.hasDataSourceRef()) {
      source(spec.getDataSourceRef(), path.child("dataSourceRef"), errors);
    }
    if (!spec.hasDataSource() || !spec.hasDataSourceRef()) {
      return;
    }
    // Upstream shows a path here, of which nothing is printed.
    if (!spec.getDataSourceRef().getNamespace().isEmpty()) {
      errors.invalid(
          path, Map.of(), "may not be specified when dataSourceRef.namespace is specified");
    } else if (!asReference(spec).equals(spec.getDataSourceRef())) {
      errors.invalid(path, Map.of(), "must match dataSourceRef");
    }
  }

  private static TypedObjectReference asReference(PersistentVolumeClaimSpec spec) {
    var source = spec.getDataSource();
    var reference =
        TypedObjectReference.newBuilder().setKind(source.getKind()).setName(source.getName());
    if (source.hasApiGroup()) {
      reference.setApiGroup(source.getApiGroup());
    }
    return reference.build();
  }

  private static void source(TypedObjectReference source, FieldPath path, FieldErrors errors) {
    Checks.requiredText(source.getName(), path.child("name"), errors);
    Checks.requiredText(source.getKind(), path.child("kind"), errors);
    if (source.getApiGroup().isEmpty()) {
      if (!source.getKind().equals("PersistentVolumeClaim")) {
        errors.invalid(
            path,
            source.getKind(),
            "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
      }
    } else {
      Checks.form(source.getApiGroup(), Names::dnsSubdomain, path.child("apiGroup"), errors);
    }
    if (!source.getNamespace().isEmpty()) {
      Checks.form(source.getNamespace(), Names::dnsLabel, path.child("namespace"), errors);
    }
  }

  static void validateUpdate(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, FieldErrors errors) {
    PersistentVolumeClaimSpec now = claim.getSpec();
    PersistentVolumeClaimSpec was = old.getSpec();
    boolean bound = claim.getStatus().getPhase().equals("Bound");
    PersistentVolumeClaimSpec kept = withoutWhatMayChange(now, was, bound);
    if (!kept.equals(was)) {
      errors.forbidden(
          SPEC,
          "spec is immutable after creation except resources.requests and volumeAttributesClassName"
              + " for bound claims\n"
              + GoDiff.of(was, kept));
    }
    if (amount(now).compareTo(amount(was)) < 0
        && amount(now).compareTo(amount(old.getStatus().getCapacityMap())) <= 0) {
      errors.forbidden(
          FieldPath.of("spec", "resources", "requests", "storage"),
          "field can not be less than status.capacity");
    }
    Immutable.check(
        now.hasVolumeMode() ? now.getVolumeMode() : null,
        was.hasVolumeMode() ? was.getVolumeMode() : null,
        FieldPath.of("volumeMode"),
        errors);
    attributesClass(claim, old, errors);
  }

  private static PersistentVolumeClaimSpec withoutWhatMayChange(
      PersistentVolumeClaimSpec now, PersistentVolumeClaimSpec was, boolean bound) {
    var kept = now.toBuilder();
    if (was.getVolumeName().isEmpty()) {
      if (was.hasVolumeName()) {
        kept.setVolumeName("");
      } else {
        kept.clearVolumeName();
      }
    }
    if (!was.hasStorageClassName() && now.hasStorageClassName()) {
      // A class may be named once, when there is a default to be.
      kept.clearStorageClassName();
    }
    if (bound && was.getResources().containsRequests("storage")) {
      kept.getResourcesBuilder()
          .putRequests("storage", was.getResources().getRequestsOrThrow("storage"));
    }
    if (bound) {
      if (was.hasVolumeAttributesClassName()) {
        kept.setVolumeAttributesClassName(was.getVolumeAttributesClassName());
      } else {
        kept.clearVolumeAttributesClassName();
      }
    }
    return kept.build();
  }

  /// One that was applied can only be exchanged for another.
  private static void attributesClass(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, FieldErrors errors) {
    PersistentVolumeClaimSpec now = claim.getSpec();
    boolean same =
        now.hasVolumeAttributesClassName() == old.getSpec().hasVolumeAttributesClassName()
            && now.getVolumeAttributesClassName()
                .equals(old.getSpec().getVolumeAttributesClassName());
    if (same || !old.getStatus().hasCurrentVolumeAttributesClassName()) {
      return;
    }
    FieldPath path = SPEC.child("volumeAttributesClassName");
    String why = " is forbidden when status.currentVolumeAttributesClassName is not nil";
    if (!now.hasVolumeAttributesClassName()) {
      errors.forbidden(path, "update to nil" + why);
    } else if (now.getVolumeAttributesClassName().isEmpty()) {
      errors.forbidden(path, "update to empty string" + why);
    }
  }

  static void validateStatus(PersistentVolumeClaim claim, FieldErrors errors) {
    PersistentVolumeClaimStatus status = claim.getStatus();
    if (claim.getSpec().getAccessModesCount() == 0) {
      errors.required(FieldPath.of("Spec", "accessModes"));
    }
    amounts(status.getCapacityMap(), STATUS.child("capacity"), errors);
    FieldPath statuses = STATUS.child("allocatedResourceStatus");
    new TreeMap<>(status.getAllocatedResourceStatusesMap())
        .forEach((name, state) -> {
          Checks.form(name, Names::qualified, statuses.key(name), errors);
          Checks.oneOf(state, RESIZE_STATUSES, statuses.key(name), errors);
        });
    FieldPath allocated = STATUS.child("allocatedResources");
    for (String name : new TreeMap<>(status.getAllocatedResourcesMap()).keySet()) {
      Checks.form(name, Names::qualified, allocated.key(name), errors);
    }
    amounts(status.getAllocatedResourcesMap(), allocated, errors);
  }

  private static void amounts(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts,
      FieldPath path,
      FieldErrors errors) {
    new TreeMap<>(amounts)
        .forEach((name, message) -> {
          Quantity amount = ResourcesValidation.quantity(message);
          if (amount.signum() < 0) {
            errors.invalid(path.key(name), amount.value(), "must be a valid resource quantity");
          }
        });
  }
}
