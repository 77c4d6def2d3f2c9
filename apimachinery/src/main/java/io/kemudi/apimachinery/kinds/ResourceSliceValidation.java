package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.resource.v1.Counter;
import io.kemudi.kubernetes.resource.v1.Device;
import io.kemudi.kubernetes.resource.v1.DeviceAttribute;
import io.kemudi.kubernetes.resource.v1.DeviceTaint;
import io.kemudi.kubernetes.resource.v1.ResourcePool;
import io.kemudi.kubernetes.resource.v1.ResourceSlice;
import io.kemudi.kubernetes.resource.v1.ResourceSliceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// ResourceSlice: the devices that a driver offers, at a node or for many.
final class ResourceSliceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int DEVICES_MAX = 128;
  private static final int DEVICES_MAX_WITH_MORE = 64;
  private static final int COUNTER_SETS_MAX = 8;
  private static final int COUNTERS_MAX = 32;
  private static final int PROPERTIES_MAX = 32;
  private static final int TAINTS_MAX = 16;
  private static final int VALUE_MAX = 64;
  private static final int BINDINGS_MAX = 4;
  private static final Pattern SEMANTIC_VERSION =
      Pattern.compile(
          "(0|[1-9]\\d*+)\\.(0|[1-9]\\d*+)\\.(0|[1-9]\\d*+)(-[0-9A-Za-z-]++(\\.[0-9A-Za-z-]++)*+)?"
              + "(\\+[0-9A-Za-z-]++(\\.[0-9A-Za-z-]++)*+)?");

  private final FieldErrors errors;

  private ResourceSliceValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(ResourceSlice slice, FieldErrors errors) {
    new ResourceSliceValidation(errors).spec(slice.getSpec());
  }

  static void validateUpdate(ResourceSlice now, ResourceSlice old, FieldErrors errors) {
    ResourceSliceSpec spec = now.getSpec();
    ResourceSliceSpec was = old.getSpec();
    validate(now, errors);
    Immutable.check(
        spec.getPool().getName(), was.getPool().getName(), SPEC.child("pool", "name"), errors);
    Immutable.check(spec.getDriver(), was.getDriver(), SPEC.child("driver"), errors);
    Immutable.check(
        spec.hasNodeName() ? spec.getNodeName() : null,
        was.hasNodeName() ? was.getNodeName() : null,
        SPEC.child("nodeName"),
        errors);
  }

  private void spec(ResourceSliceSpec spec) {
    CsiNames.driver(spec.getDriver(), SPEC.child("driver"), errors);
    pool(spec.getPool(), SPEC.child("pool"));
    nodes(spec);
    if (spec.getSharedCountersCount() > 0 && spec.getDevicesCount() > 0) {
      errors.invalid(SPEC, "", "only one of `sharedCounters` or `devices` is allowed");
    }
    boolean more =
        spec.getDevicesList().stream()
            .anyMatch(one -> one.getTaintsCount() > 0 || one.getConsumesCountersCount() > 0);
    FieldPath devices = SPEC.child("devices");
    if (DeviceNames.fits(
        spec.getDevicesList(), more ? DEVICES_MAX_WITH_MORE : DEVICES_MAX, devices, errors)) {
      for (int i = 0; i < spec.getDevicesCount(); i++) {
        device(spec.getDevices(i), spec.getPerDeviceNodeSelection(), devices.index(i));
      }
      DeviceNames.distinct(
          spec.getDevicesList().stream().map(Device::getName).toList(), devices, errors);
    }
    FieldPath sets = SPEC.child("sharedCounters");
    if (DeviceNames.fits(spec.getSharedCountersList(), COUNTER_SETS_MAX, sets, errors)) {
      for (int i = 0; i < spec.getSharedCountersCount(); i++) {
        var set = spec.getSharedCounters(i);
        counters(set.getName(), set.getCountersMap(), "name", sets.index(i));
      }
      DeviceNames.distinct(
          spec.getSharedCountersList().stream().map(one -> one.getName()).toList(), sets, errors);
    }
  }

  private void pool(ResourcePool pool, FieldPath path) {
    DeviceNames.pool(pool.getName(), path.child("name"), errors);
    if (pool.getResourceSliceCount() <= 0) {
      errors.invalid(
          path.child("resourceSliceCount"),
          pool.getResourceSliceCount(),
          "must be greater than zero");
    }
    if (pool.getGeneration() < 0) {
      errors.invalid(
          path.child("generation"), pool.getGeneration(), "must be greater than or equal to zero");
    }
  }

  private void nodes(ResourceSliceSpec spec) {
    List<String> set = new ArrayList<>();
    if (spec.hasNodeName()) {
      FieldPath path = SPEC.child("nodeName");
      if (spec.getNodeName().isEmpty()) {
        errors.invalid(path, "", "must be either unset or set to a non-empty string");
      } else {
        set.add("`nodeName`");
        Checks.form(spec.getNodeName(), Names::dnsSubdomain, path, errors);
      }
    }
    if (spec.hasNodeSelector()) {
      set.add("`nodeSelector`");
      FieldPath path = SPEC.child("nodeSelector");
      NodeSelectorValidation.validate(spec.getNodeSelector(), path, errors);
      if (spec.getNodeSelector().getNodeSelectorTermsCount() != 1) {
        errors.invalid(
            path.child("nodeSelectorTerms"),
            spec.getNodeSelector().getNodeSelectorTermsList().stream().map(GoForm::of).toList(),
            "must have exactly one node selector term");
      }
    }
    onlyTrue(spec.hasAllNodes(), spec.getAllNodes(), "allNodes", SPEC, set);
    onlyTrue(
        spec.hasPerDeviceNodeSelection(),
        spec.getPerDeviceNodeSelection(),
        "perDeviceNodeSelection",
        SPEC,
        set);
    String one =
        "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    if (set.isEmpty()) {
      errors.required(SPEC, one);
    } else if (set.size() > 1) {
      errors.invalid(
          SPEC, "{" + String.join(", ", set) + "}", one + ", but multiple fields are set");
    }
  }

  private void onlyTrue(
      boolean present, boolean value, String field, FieldPath path, List<String> set) {
    if (present && value) {
      set.add("`" + field + "`");
    } else if (present) {
      errors.invalid(path.child(field), false, "must be either unset or set to true");
    }
  }

  private void device(Device device, boolean ownNodes, FieldPath path) {
    Checks.form(device.getName(), Names::dnsLabel, path.child("name"), errors);
    int properties = device.getAttributesCount() + device.getCapacityCount();
    if (properties > PROPERTIES_MAX) {
      errors.invalid(
          path,
          properties,
          "the total number of attributes and capacities must not exceed " + PROPERTIES_MAX);
    }
    new TreeMap<>(device.getAttributesMap())
        .forEach((name, attribute) -> {
          FieldPath place = path.child("attributes");
          DeviceNames.qualified(name, place, errors);
          attribute(attribute, place.key(name));
        });
    new TreeMap<>(device.getCapacityMap())
        .forEach((name, capacity) -> {
          FieldPath place = path.child("capacity");
          DeviceNames.qualified(name, place, errors);
          if (capacity.hasRequestPolicy() && !device.getAllowMultipleAllocations()) {
            errors.forbidden(
                place.key(name).child("requestPolicy"), "allowMultipleAllocations must be true");
          }
        });
    taints(device.getTaintsList(), path.child("taints"));
    for (int i = 0; i < device.getConsumesCountersCount(); i++) {
      var consumed = device.getConsumesCounters(i);
      counters(
          consumed.getCounterSet(),
          consumed.getCountersMap(),
          "counterSet",
          path.child("consumesCounters").index(i));
    }
    DeviceNames.distinct(
        device.getConsumesCountersList().stream().map(one -> one.getCounterSet()).toList(),
        path.child("consumesCounters"),
        errors);
    deviceNodes(device, ownNodes, path);
    bindings(device, path);
  }

  private void attribute(DeviceAttribute attribute, FieldPath path) {
    int values =
        (attribute.hasBool() ? 1 : 0)
            + (attribute.hasInt() ? 1 : 0)
            + (attribute.hasString() ? 1 : 0)
            + (attribute.hasVersion() ? 1 : 0);
    if (attribute.hasString() && attribute.getString().length() > VALUE_MAX) {
      errors.tooLong(path.child("string"), VALUE_MAX);
    }
    if (attribute.hasVersion()) {
      String version = attribute.getVersion();
      if (!SEMANTIC_VERSION.matcher(version).matches()) {
        errors.invalid(
            path.child("version"),
            version,
            "must be a string compatible with semver.org spec 2.0.0");
      }
      if (version.length() > VALUE_MAX) {
        errors.tooLong(path.child("version"), VALUE_MAX);
      }
    }
    if (values != 1) {
      errors.invalid(
          path, values == 0 ? "" : GoForm.of(attribute), "exactly one value must be specified");
    }
  }

  private void taints(List<DeviceTaint> taints, FieldPath path) {
    if (!DeviceNames.fits(taints, TAINTS_MAX, path, errors)) {
      return;
    }
    for (int i = 0; i < taints.size(); i++) {
      DeviceTaint taint = taints.get(i);
      Checks.form(taint.getKey(), Names::labelKey, path.index(i).child("key"), errors);
      Checks.form(taint.getValue(), Names::labelValue, path.index(i).child("value"), errors);
      FieldPath effect = path.index(i).child("effect");
      if (taint.getEffect().isEmpty()) {
        errors.required(effect);
      } else {
        Checks.oneOf(taint.getEffect(), DeviceClaimValidation.EFFECTS, effect, errors);
      }
    }
  }

  private void counters(String set, Map<String, Counter> counters, String field, FieldPath path) {
    if (set.isEmpty()) {
      errors.required(path.child(field));
    } else {
      Checks.form(set, Names::dnsLabel, path.child(field), errors);
    }
    FieldPath place = path.child("counters");
    if (counters.isEmpty()) {
      errors.required(place);
    } else if (counters.size() > COUNTERS_MAX) {
      errors.tooMany(place, counters.size(), COUNTERS_MAX);
    } else {
      for (String name : new TreeMap<>(counters).keySet()) {
        Checks.form(name, Names::dnsLabel, place, errors);
      }
    }
  }

  private void deviceNodes(Device device, boolean own, FieldPath path) {
    if (!own) {
      if (device.hasNodeName() || device.hasNodeSelector() || device.hasAllNodes()) {
        errors.invalid(
            path,
            null,
            "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection`"
                + " is set to true in the ResourceSlice spec");
      }
      return;
    }
    List<String> set = new ArrayList<>();
    if (device.hasNodeName() && device.getNodeName().isEmpty()) {
      errors.invalid(path.child("nodeName"), "", "must not be empty");
    } else if (device.hasNodeName()) {
      set.add("`nodeName`");
      Checks.form(device.getNodeName(), Names::dnsSubdomain, path.child("nodeName"), errors);
    }
    if (device.hasNodeSelector()) {
      set.add("`nodeSelector`");
      NodeSelectorValidation.validate(device.getNodeSelector(), path.child("nodeSelector"), errors);
    }
    onlyTrue(device.hasAllNodes(), device.getAllNodes(), "allNodes", path, set);
    String one =
        "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when"
            + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
    if (set.isEmpty()) {
      errors.required(path, one);
    } else if (set.size() > 1) {
      errors.invalid(path, "{" + String.join(", ", set) + "}", one);
    }
  }

  private void bindings(Device device, FieldPath path) {
    List<String> good = device.getBindingConditionsList();
    List<String> bad = device.getBindingFailureConditionsList();
    FieldPath goodPath = path.child("bindingConditions");
    FieldPath badPath = path.child("bindingFailureConditions");
    labels(good, goodPath);
    labels(bad, badPath);
    DeviceNames.distinct(good, goodPath, errors);
    DeviceNames.distinct(bad, badPath, errors);
    for (int i = 0; i < bad.size(); i++) {
      if (good.contains(bad.get(i))) {
        errors.invalid(
            badPath.index(i),
            bad.get(i),
            "bindingFailureConditions must not overlap with bindingConditions");
      }
    }
    if (good.isEmpty() && !bad.isEmpty()) {
      errors.invalid(
          goodPath, null, "bindingConditions are required to use bindingFailureConditions");
    }
    if (bad.isEmpty() && !good.isEmpty()) {
      errors.invalid(
          badPath, null, "bindingFailureConditions are required to use bindingConditions");
    }
  }

  private void labels(List<String> conditions, FieldPath path) {
    if (DeviceNames.fits(conditions, BINDINGS_MAX, path, errors)) {
      for (int i = 0; i < conditions.size(); i++) {
        Checks.form(conditions.get(i), Names::labelKey, path.index(i), errors);
      }
    }
  }
}
