package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.resource.v1.AllocatedDeviceStatus;
import io.kemudi.kubernetes.resource.v1.AllocationResult;
import io.kemudi.kubernetes.resource.v1.DeviceClass;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import io.kemudi.kubernetes.resource.v1.ResourceClaimConsumerReference;
import io.kemudi.kubernetes.resource.v1.ResourceClaimTemplate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// ResourceClaim, ResourceClaimTemplate and DeviceClass. What is claimed does not change; what was
/// allocated for it neither, until it is given back as a whole.
final class ResourceClaimValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final int CONSUMERS_MAX = 256;
  private static final int RESULTS_MAX = 32;
  private static final int CONDITIONS_MAX = 8;

  private ResourceClaimValidation() {}

  static void validate(ResourceClaim claim, ExpressionCheck check, FieldErrors errors) {
    new DeviceClaimValidation(check, errors)
        .claim(claim.getSpec().getDevices(), SPEC.child("devices"));
  }

  static void validateUpdate(ResourceClaim now, ResourceClaim old, FieldErrors errors) {
    if (!now.getSpec().equals(old.getSpec())) {
      errors.invalid(SPEC, GoForm.of(now.getSpec()), Immutable.DETAIL);
    }
  }

  static void validate(ResourceClaimTemplate template, ExpressionCheck check, FieldErrors errors) {
    FieldPath metadata = SPEC.child("metadata");
    var meta = template.getSpec().getMetadata();
    ObjectMetaValidation.validateAnnotations(
        meta.getAnnotationsMap(), metadata.child("annotations"), errors);
    ObjectMetaValidation.validateLabels(meta.getLabelsMap(), metadata.child("labels"), errors);
    new DeviceClaimValidation(check, errors)
        .claim(template.getSpec().getSpec().getDevices(), SPEC.child("spec", "devices"));
  }

  static void validateUpdate(
      ResourceClaimTemplate now, ResourceClaimTemplate old, FieldErrors errors) {
    if (!now.getSpec().equals(old.getSpec())) {
      errors.invalid(SPEC, GoForm.of(now.getSpec()), Immutable.DETAIL);
    }
  }

  /// Expressions that are stored already are not checked again: `check` is one that accepts all
  /// where the selectors did not change.
  static void validate(DeviceClass deviceClass, ExpressionCheck check, FieldErrors errors) {
    var spec = deviceClass.getSpec();
    DeviceClaimValidation claims = new DeviceClaimValidation(check, errors);
    claims.selectors(spec.getSelectorsList(), SPEC.child("selectors"));
    FieldPath configs = SPEC.child("config");
    if (DeviceNames.fits(
        spec.getConfigList(), DeviceClaimValidation.CONFIGS_MAX, configs, errors)) {
      for (int i = 0; i < spec.getConfigCount(); i++) {
        claims.configuration(spec.getConfig(i).getDeviceConfiguration(), configs.index(i));
      }
    }
    String name = spec.getExtendedResourceName();
    if (spec.hasExtendedResourceName()
        && !(ResourcesValidation.isExtended(name) && Names.isLabelKey("requests." + name))) {
      errors.invalid(
          SPEC.child("extendedResourceName"), name, "must be a valid extended resource name");
    }
  }

  static void validateStatus(ResourceClaim now, ResourceClaim old, FieldErrors errors) {
    var status = now.getStatus();
    consumers(now, old, errors);
    Set<String> allocated = new HashSet<>();
    for (var result : status.getAllocation().getDevices().getResultsList()) {
      allocated.add(
          device(result.getDriver(), result.getPool(), result.getDevice(), result.getShareID()));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < status.getDevicesCount(); i++) {
      AllocatedDeviceStatus device = status.getDevices(i);
      FieldPath path = STATUS.child("devices").index(i);
      String id =
          device(device.getDriver(), device.getPool(), device.getDevice(), device.getShareID());
      CsiNames.driver(device.getDriver(), path.child("driver"), errors);
      DeviceNames.pool(device.getPool(), path.child("pool"), errors);
      Checks.form(device.getDevice(), Names::dnsLabel, path.child("device"), errors);
      if (!allocated.contains(id)) {
        errors.invalid(path, id, "must be an allocated device in the claim");
      }
      DeviceNames.fits(
          device.getConditionsList(), CONDITIONS_MAX, path.child("conditions"), errors);
      ConditionValidation.validate(device.getConditionsList(), path.child("conditions"), errors);
      if (!seen.add(id)) {
        errors.duplicate(path, id);
      }
    }
    if (status.hasAllocation() && old.getStatus().hasAllocation()) {
      if (!status.getAllocation().equals(old.getStatus().getAllocation())) {
        errors.invalid(
            STATUS.child("allocation"), GoForm.of(status.getAllocation()), Immutable.DETAIL);
      }
    } else if (status.hasAllocation()) {
      allocation(status.getAllocation(), STATUS.child("allocation"), errors);
    }
  }

  private static String device(String driver, String pool, String device, String share) {
    String id = driver + "/" + pool + "/" + device;
    return share.isEmpty() ? id : id + "/" + share;
  }

  private static void consumers(ResourceClaim now, ResourceClaim old, FieldErrors errors) {
    FieldPath path = STATUS.child("reservedFor");
    List<ResourceClaimConsumerReference> consumers = now.getStatus().getReservedForList();
    if (!DeviceNames.fits(consumers, CONSUMERS_MAX, path, errors)) {
      return;
    }
    for (int i = 0; i < consumers.size(); i++) {
      Checks.requiredText(consumers.get(i).getResource(), path.index(i).child("resource"), errors);
      Checks.requiredText(consumers.get(i).getName(), path.index(i).child("name"), errors);
      Checks.requiredText(consumers.get(i).getUid(), path.index(i).child("uid"), errors);
    }
    DeviceNames.distinct(
        consumers.stream().map(ResourceClaimConsumerReference::getUid).toList(), path, errors);
    if (consumers.isEmpty()) {
      return;
    }
    if (!now.getStatus().hasAllocation()) {
      errors.forbidden(path, "may not be specified when `allocated` is not set");
    } else if (now.getMetadata().hasDeletionTimestamp()
        && !old.getStatus().getReservedForList().containsAll(consumers)) {
      errors.forbidden(
          path,
          "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are"
              + " set");
    }
  }

  private static void allocation(AllocationResult allocation, FieldPath path, FieldErrors errors) {
    var results = allocation.getDevices().getResultsList();
    FieldPath resultsPath = path.child("devices", "results");
    if (DeviceNames.fits(results, RESULTS_MAX, resultsPath, errors)) {
      for (int i = 0; i < results.size(); i++) {
        FieldPath place = resultsPath.index(i);
        CsiNames.driver(results.get(i).getDriver(), place.child("driver"), errors);
        DeviceNames.pool(results.get(i).getPool(), place.child("pool"), errors);
        Checks.form(results.get(i).getDevice(), Names::dnsLabel, place.child("device"), errors);
      }
    }
    if (allocation.hasNodeSelector()) {
      NodeSelectorValidation.validate(
          allocation.getNodeSelector(), path.child("nodeSelector"), errors);
    }
  }
}
