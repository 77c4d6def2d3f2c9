package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import java.util.List;
import java.util.Set;

/// Which resources a namespace's quotas and ranges can name.
final class QuotaResources {
  private static final Set<String> COUNTS =
      Set.of(
          "pods",
          "resourcequotas",
          "services",
          "replicationcontrollers",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers");
  private static final Set<String> AMOUNTS =
      Set.of(
          "cpu",
          "memory",
          "ephemeral-storage",
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage",
          "requests.storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");
  private static final Set<String> OF_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");

  private QuotaResources() {}

  private static boolean isHugePages(String name) {
    return name.startsWith("hugepages-") || name.startsWith("requests.hugepages-");
  }

  /// A resource that quotas count or sum up by themselves.
  static boolean isForQuota(String name) {
    return COUNTS.contains(name) || AMOUNTS.contains(name) || isHugePages(name);
  }

  static boolean isCount(String name) {
    return COUNTS.contains(name) || ResourcesValidation.isExtended(name);
  }

  /// Any resource; answers whether its form is right.
  static boolean validateName(String name, FieldPath path, FieldErrors errors) {
    List<String> wrong = Names.qualified(name);
    wrong.forEach(error -> errors.invalid(path, name, error));
    if (!wrong.isEmpty()) {
      return false;
    }
    if (name.indexOf('/') < 0 && !isForQuota(name) && !name.equals("storage")) {
      errors.invalid(path, name, "must be a standard resource type or fully qualified");
      return false;
    }
    return true;
  }

  static void validateForQuota(String name, FieldPath path, FieldErrors errors) {
    validateName(name, path, errors);
    if (name.indexOf('/') < 0 && !isForQuota(name)) {
      errors.invalid(path, name, "must be a standard resource for quota");
    }
  }

  static void validateForContainers(String name, FieldPath path, FieldErrors errors) {
    validateName(name, path, errors);
    if (name.indexOf('/') < 0) {
      if (!OF_CONTAINERS.contains(name) && !name.startsWith("hugepages-")) {
        errors.invalid(path, name, "must be a standard resource for containers");
      }
    } else if (!name.contains("kubernetes.io/") && !ResourcesValidation.isExtended(name)) {
      errors.invalid(path, name, "doesn't follow extended resource name standard");
    }
  }

  static void validateAmount(String name, Quantity amount, FieldPath path, FieldErrors errors) {
    if (amount.signum() < 0) {
      errors.invalid(path, amount.toString(), "must be greater than or equal to 0");
    }
    if (isCount(name) && !amount.isMultipleOf(0)) {
      errors.invalid(path, amount.toString(), "must be an integer");
    }
  }
}
