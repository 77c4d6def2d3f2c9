package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.ResourceRequirements;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What containers and pods request and are limited to.
final class ResourcesValidation {
  private static final String LIMIT_REQUIRED = "Limit must be set for non overcommitable resources";
  private static final Set<String> CONTAINER = Set.of("cpu", "memory", "ephemeral-storage");
  private static final List<String> POD = List.of("cpu", "hugepages-", "memory");
  private static final Set<String> STANDARD =
      Set.of(
          "cpu",
          "memory",
          "ephemeral-storage",
          "storage",
          "pods",
          "services",
          "replicationcontrollers",
          "resourcequotas",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers",
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage",
          "requests.storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");

  private ResourcesValidation() {}

  static Quantity quantity(io.kemudi.kubernetes.quantity.Quantity message) {
    try {
      return message.getString().isEmpty() ? Quantity.ZERO : Quantity.parse(message.getString());
    } catch (QuantityFormatException impossible) {
      // Decoding let nothing else in.
      return Quantity.ZERO;
    }
  }

  static boolean isHugePages(String resource) {
    return resource.startsWith("hugepages-");
  }

  private static boolean isNative(String resource) {
    return resource.indexOf('/') < 0 || resource.contains("kubernetes.io/");
  }

  static boolean isExtended(String resource) {
    return !isNative(resource) && !resource.startsWith("requests.");
  }

  private static boolean mayOvercommit(String resource) {
    return isNative(resource) && !isHugePages(resource);
  }

  static void validateContainer(
      ResourceRequirements resources, Set<String> claims, FieldPath path, FieldErrors errors) {
    validate(resources, false, path, errors);
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < resources.getClaimsCount(); i++) {
      String name = resources.getClaims(i).getName();
      FieldPath place = path.child("claims").index(i);
      if (name.isEmpty()) {
        errors.required(place.child("name"));
      } else if (!seen.add(name)) {
        errors.duplicate(place.child("name"), name);
      } else if (!claims.contains(name)) {
        String why =
            claims.isEmpty()
                ? "must be one of the names in pod.spec.resourceClaims which is empty"
                : "must be one of the names in pod.spec.resourceClaims: "
                    + String.join(",", new TreeSet<>(claims));
        errors.notFound(place, name, why);
      }
    }
  }

  static void validatePod(ResourceRequirements resources, FieldPath path, FieldErrors errors) {
    validate(resources, true, path, errors);
  }

  private static void validate(
      ResourceRequirements resources, boolean ofPod, FieldPath path, FieldErrors errors) {
    FieldPath limitsPath = path.child("limits");
    FieldPath requestsPath = path.child("requests");
    Map<String, Quantity> limits = amounts(resources.getLimitsMap());
    Map<String, Quantity> requests = amounts(resources.getRequestsMap());
    limits.forEach((name, amount) -> validateAmount(name, amount, ofPod, limitsPath, errors));
    requests.forEach((name, amount) -> {
      validateAmount(name, amount, ofPod, requestsPath, errors);
      Quantity limit = limits.get(name);
      if (limit == null) {
        if (!mayOvercommit(name)) {
          errors.required(limitsPath, LIMIT_REQUIRED);
        }
      } else if (!mayOvercommit(name) && !amount.equals(limit)) {
        errors.invalid(
            requestsPath, amount.toString(), "must be equal to " + name + " limit of " + limit);
      } else if (amount.compareTo(limit) > 0) {
        errors.invalid(
            requestsPath,
            amount.toString(),
            "must be less than or equal to " + name + " limit of " + limit);
      }
    });
    Set<String> all = new TreeSet<>(limits.keySet());
    all.addAll(requests.keySet());
    if (all.stream().anyMatch(ResourcesValidation::isHugePages)
        && !all.contains("cpu")
        && !all.contains("memory")) {
      errors.forbidden(path, "HugePages require cpu or memory");
    }
  }

  private static Map<String, Quantity> amounts(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> messages) {
    Map<String, Quantity> amounts = new TreeMap<>();
    messages.forEach((name, message) -> amounts.put(name, quantity(message)));
    return amounts;
  }

  private static void validateAmount(
      String name, Quantity amount, boolean ofPod, FieldPath path, FieldErrors errors) {
    FieldPath place = path.key(name);
    if (ofPod) {
      if (!name.equals("cpu") && !name.equals("memory") && !isHugePages(name)) {
        errors.notSupported(place, name, POD);
      }
    } else {
      validateContainerName(name, place, errors);
    }
    validateAmount(name, amount, place, errors);
    if (isHugePages(name) && !isMultipleOfPage(name, amount)) {
      errors.invalid(
          place, amount.toString(), amount + " is not positive integer multiple of " + name);
    }
  }

  static void validateContainerName(String name, FieldPath path, FieldErrors errors) {
    validateName(name, path, errors);
    if (name.indexOf('/') < 0) {
      if (!CONTAINER.contains(name) && !isHugePages(name)) {
        errors.invalid(path, name, "must be a standard resource for containers");
      }
    } else if (!isNative(name) && !isExtended(name)) {
      errors.invalid(path, name, "doesn't follow extended resource name standard");
    }
  }

  static void validateName(String name, FieldPath path, FieldErrors errors) {
    Checks.form(name, Names::qualified, path, errors);
    if (name.indexOf('/') < 0 && !STANDARD.contains(name) && !isHugePages(name)) {
      errors.invalid(path, name, "must be a standard resource type or fully qualified");
    }
  }

  static void validateAmount(String name, Quantity amount, FieldPath path, FieldErrors errors) {
    if (amount.signum() < 0) {
      errors.invalid(path, amount.toString(), "must be greater than or equal to 0");
    }
    if (isExtended(name) && !amount.isMultipleOf(0)) {
      errors.invalid(path, amount.toString(), "must be an integer");
    }
  }

  private static boolean isMultipleOfPage(String resource, Quantity amount) {
    try {
      long page = Quantity.parse(resource.substring("hugepages-".length())).value();
      return page > 0 && amount.signum() > 0 && amount.value() % page == 0;
    } catch (QuantityFormatException noSize) {
      return false;
    }
  }
}
