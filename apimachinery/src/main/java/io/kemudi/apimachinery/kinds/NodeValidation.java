package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeSpec;
import io.kemudi.kubernetes.core.v1.Taint;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

final class NodeValidation {
  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");
  private static final Set<String> WHOLE = Set.of("pods", "services", "replicationcontrollers");

  private NodeValidation() {}

  static void validate(Node node, FieldErrors errors) {
    // Taints once were annotations; the place of their errors still says so.
    validateTaints(node.getSpec().getTaintsList(), FieldPath.of("metadata", "taints"), errors);
    validateAmounts(node, errors);
    validateRanges(node.getSpec(), errors);
  }

  private static void validateRanges(NodeSpec spec, FieldErrors errors) {
    FieldPath path = FieldPath.of("spec", "podCIDRs");
    List<String> ranges = spec.getPodCIDRsList();
    int v4 = 0;
    boolean allValid = true;
    for (int i = 0; i < ranges.size(); i++) {
      Checks.cidr(ranges.get(i), path.index(i), errors);
      allValid &= IpAddress.isCidr(ranges.get(i));
      v4 += ranges.get(i).indexOf(':') < 0 ? 1 : 0;
    }
    boolean oneOfEach = ranges.size() == 2 && v4 == 1;
    if (allValid && ranges.size() > 1 && !oneOfEach) {
      errors.invalid(path, ranges, "may specify no more than one CIDR for each IP family");
    }
  }

  private static void validateAmounts(Node node, FieldErrors errors) {
    validateAmounts(node.getStatus().getCapacityMap(), FieldPath.of("status", "capacity"), errors);
    validateAmounts(
        node.getStatus().getAllocatableMap(), FieldPath.of("status", "allocatable"), errors);
  }

  private static void validateAmounts(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> amounts,
      FieldPath path,
      FieldErrors errors) {
    new TreeMap<>(amounts)
        .forEach((resource, amount) -> {
          FieldPath place = path.child(resource);
          Quantity quantity = ResourcesValidation.quantity(amount);
          Checks.form(resource, Names::qualified, place, errors);
          if (quantity.signum() < 0) {
            errors.invalid(place, quantity.toString(), "must be greater than or equal to 0");
          }
          boolean whole = WHOLE.contains(resource) || ResourcesValidation.isExtended(resource);
          if (whole && !quantity.isMultipleOf(0)) {
            errors.invalid(place, quantity.toString(), "must be an integer");
          }
        });
  }

  static void validateTaints(List<Taint> taints, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      FieldPath place = path.index(i);
      Checks.form(taint.getKey(), Names::qualified, place.child("key"), errors);
      Checks.form(taint.getValue(), Names::labelValue, place.child("value"), errors);
      effect(taint.getEffect(), false, place.child("effect"), errors);
      if (!seen.add(taint.getEffect() + " " + taint.getKey())) {
        errors.add(
            FieldError.Type.DUPLICATE,
            place,
            shown(taint),
            "taints must be unique by key and effect pair");
      }
    }
  }

  static void effect(String effect, boolean mayBeEmpty, FieldPath path, FieldErrors errors) {
    if (effect.isEmpty()) {
      if (!mayBeEmpty) {
        errors.required(path);
      }
    } else {
      Checks.oneOf(effect, EFFECTS, path, errors);
    }
  }

  private static Map<String, Object> shown(Taint taint) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("Key", taint.getKey());
    shown.put("Value", taint.getValue());
    shown.put("Effect", taint.getEffect());
    shown.put("TimeAdded", null);
    return shown;
  }

  static void validateUpdate(Node node, Node old, FieldErrors errors) {
    validateAmounts(node, errors);
    if (old.getSpec().getPodCIDRsCount() > 0
        && !node.getSpec().getPodCIDRsList().equals(old.getSpec().getPodCIDRsList())) {
      errors.forbidden(
          FieldPath.of("spec", "podCIDRs"),
          "node updates may not change podCIDR except from \"\" to valid");
    } else {
      validateRanges(node.getSpec(), errors);
    }
    if (!old.getSpec().getProviderID().isEmpty()
        && !node.getSpec().getProviderID().equals(old.getSpec().getProviderID())) {
      errors.forbidden(
          FieldPath.of("spec", "providerID"),
          "node updates may not change providerID except from \"\" to valid");
    }
    validateTaints(node.getSpec().getTaintsList(), FieldPath.of("metadata", "taints"), errors);
  }
}
