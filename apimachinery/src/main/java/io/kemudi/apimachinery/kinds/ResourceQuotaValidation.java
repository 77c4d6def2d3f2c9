package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Immutable;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.ResourceQuotaSpec;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import io.kemudi.kubernetes.quantity.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// ResourceQuota: what it limits, and of which pods or claims (scopes).
final class ResourceQuotaValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final Set<String> SCOPES =
      Set.of(
          "Terminating",
          "NotTerminating",
          "BestEffort",
          "NotBestEffort",
          "PriorityClass",
          "CrossNamespacePodAffinity",
          "VolumeAttributesClass");
  private static final Set<String> SCOPES_THAT_EXIST =
      Set.of(
          "Terminating",
          "NotTerminating",
          "BestEffort",
          "NotBestEffort",
          "CrossNamespacePodAffinity");
  private static final Set<String> OF_PODS =
      Set.of(
          "pods",
          "cpu",
          "memory",
          "limits.cpu",
          "limits.memory",
          "requests.cpu",
          "requests.memory");
  private static final Set<String> OF_CLAIMS = Set.of("persistentvolumeclaims", "requests.storage");
  private static final List<Set<String>> CONFLICTS =
      List.of(Set.of("BestEffort", "NotBestEffort"), Set.of("Terminating", "NotTerminating"));

  private ResourceQuotaValidation() {}

  static void validate(ResourceQuota quota, FieldErrors errors) {
    ResourceQuotaSpec spec = quota.getSpec();
    amounts(spec.getHardMap(), SPEC.child("hard"), errors);
    scopes(spec, errors);
    selector(spec, errors);
    validateStatus(quota, errors);
  }

  static void validateStatus(ResourceQuota quota, FieldErrors errors) {
    amounts(quota.getStatus().getHardMap(), STATUS.child("hard"), errors);
    amounts(quota.getStatus().getUsedMap(), STATUS.child("used"), errors);
  }

  static void validateUpdate(ResourceQuota quota, ResourceQuota old, FieldErrors errors) {
    validate(quota, errors);
    var scopes = quota.getSpec().getScopesList();
    if (!new HashSet<>(scopes).equals(new HashSet<>(old.getSpec().getScopesList()))) {
      errors.invalid(SPEC.child("scopes"), scopes.isEmpty() ? null : scopes, Immutable.DETAIL);
    }
  }

  private static void amounts(Map<String, Quantity> amounts, FieldPath path, FieldErrors errors) {
    new TreeMap<>(amounts)
        .forEach((name, amount) -> {
          QuotaResources.validateForQuota(name, path.key(name), errors);
          QuotaResources.validateAmount(
              name, ResourcesValidation.quantity(amount), path.key(name), errors);
        });
  }

  private static boolean mayLimit(String scope, String resource) {
    return switch (scope) {
      case "BestEffort" -> resource.equals("pods");
      case "VolumeAttributesClass" -> OF_CLAIMS.contains(resource);
      case "Terminating",
          "NotTerminating",
          "NotBestEffort",
          "PriorityClass",
          "CrossNamespacePodAffinity" ->
          OF_PODS.contains(resource);
      default -> true;
    };
  }

  private static void scopes(ResourceQuotaSpec spec, FieldErrors errors) {
    FieldPath path = SPEC.child("scopes");
    List<String> shown = spec.getScopesList();
    for (String scope : shown) {
      if (!SCOPES.contains(scope)) {
        errors.invalid(path, shown, "unsupported scope");
      }
      for (String resource : new TreeSet<>(spec.getHardMap().keySet())) {
        if (QuotaResources.isForQuota(resource) && !mayLimit(scope, resource)) {
          errors.invalid(path, shown, "unsupported scope applied to resource");
        }
      }
    }
    for (Set<String> pair : CONFLICTS) {
      if (shown.containsAll(pair)) {
        errors.invalid(path, shown, "conflicting scopes");
      }
    }
  }

  private static void selector(ResourceQuotaSpec spec, FieldErrors errors) {
    FieldPath path = SPEC.child("scopeSelector", "matchExpressions");
    Set<String> scopes = new HashSet<>();
    for (var requirement : spec.getScopeSelector().getMatchExpressionsList()) {
      if (!SCOPES.contains(requirement.getScopeName())) {
        errors.invalid(path.child("scopeName"), requirement.getScopeName(), "unsupported scope");
      }
      for (String resource : new TreeSet<>(spec.getHardMap().keySet())) {
        if (QuotaResources.isForQuota(resource)
            && !mayLimit(requirement.getScopeName(), resource)) {
          errors.invalid(
              path, GoForm.of(spec.getScopeSelector()), "unsupported scope applied to resource");
        }
      }
      operator(requirement, path, errors);
      scopes.add(requirement.getScopeName());
    }
    for (Set<String> pair : CONFLICTS) {
      if (scopes.containsAll(pair)) {
        errors.invalid(path, GoForm.of(spec.getScopeSelector()), "conflicting scopes");
      }
    }
  }

  private static void operator(
      ScopedResourceSelectorRequirement requirement, FieldPath path, FieldErrors errors) {
    String operator = requirement.getOperator();
    if (SCOPES_THAT_EXIST.contains(requirement.getScopeName()) && !operator.equals("Exists")) {
      errors.invalid(
          path.child("operator"),
          operator,
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
              + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
              + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    switch (operator) {
      case "In", "NotIn" -> {
        if (requirement.getValuesCount() == 0) {
          errors.required(
              path.child("values"),
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (requirement.getValuesCount() > 0) {
          errors.invalid(
              path.child("values"),
              requirement.getValuesList(),
              "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector");
        }
      }
      default -> errors.invalid(path.child("operator"), operator, "not a valid selector operator");
    }
  }
}
