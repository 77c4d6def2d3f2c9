package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.LimitRange;
import io.kemudi.kubernetes.core.v1.LimitRangeItem;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// LimitRange: minimum <= default request <= default <= maximum, for each resource.
final class LimitRangeValidation {
  private static final Set<String> TYPES = Set.of("Pod", "Container", "PersistentVolumeClaim");

  private final LimitRangeItem limit;
  private final FieldPath path;
  private final FieldErrors errors;
  private final Set<String> names = new TreeSet<>();

  private LimitRangeValidation(LimitRangeItem limit, FieldPath path, FieldErrors errors) {
    this.limit = limit;
    this.path = path;
    this.errors = errors;
  }

  static void validate(LimitRange range, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < range.getSpec().getLimitsCount(); i++) {
      LimitRangeItem limit = range.getSpec().getLimits(i);
      FieldPath path = FieldPath.of("spec", "limits").index(i);
      type(limit.getType(), path.child("type"), errors);
      if (!types.add(limit.getType())) {
        errors.duplicate(path.child("type"), limit.getType());
      }
      new LimitRangeValidation(limit, path, errors).validate();
    }
  }

  private static void type(String type, FieldPath path, FieldErrors errors) {
    int before = errors.size();
    Checks.form(type, Names::qualified, path, errors);
    if (errors.size() == before && type.indexOf('/') < 0 && !TYPES.contains(type)) {
      errors.invalid(path, type, "must be a standard limit type or fully qualified");
    }
  }

  private void validate() {
    Map<String, Quantity> max = amounts(limit.getMaxMap(), "max");
    Map<String, Quantity> min = amounts(limit.getMinMap(), "min");
    Map<String, Quantity> defaults;
    Map<String, Quantity> requests;
    if (limit.getType().equals("Pod")) {
      notForPods(limit.getDefaultCount(), "default");
      notForPods(limit.getDefaultRequestCount(), "defaultRequest");
      defaults = Map.of();
      requests = Map.of();
    } else {
      defaults = amounts(limit.getDefaultMap(), "default");
      requests = amounts(limit.getDefaultRequestMap(), "defaultRequest");
    }
    if (limit.getType().equals("PersistentVolumeClaim")
        && !min.containsKey("storage")
        && !max.containsKey("storage")) {
      errors.required(
          path.child("limits"),
          "either minimum or maximum storage value is required, but neither was provided");
    }
    Map<String, Quantity> ratios =
        amounts(limit.getMaxLimitRequestRatioMap(), "maxLimitRequestRatio");
    for (String name : names) {
      order(name, min.get(name), requests.get(name), defaults.get(name), max.get(name));
      ratio(name, ratios.get(name), min.get(name), max.get(name));
      sameWhereNotShared(name, requests.get(name), defaults.get(name));
    }
  }

  private void notForPods(int count, String field) {
    if (count > 0) {
      errors.forbidden(path.child(field), "may not be specified when `type` is 'Pod'");
    }
  }

  private Map<String, Quantity> amounts(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> messages, String field) {
    Map<String, Quantity> amounts = new TreeMap<>();
    new TreeMap<>(messages)
        .forEach((name, message) -> {
          FieldPath place = path.child(field).key(name);
          switch (limit.getType()) {
            case "Pod", "Container" -> QuotaResources.validateForContainers(name, place, errors);
            default -> QuotaResources.validateName(name, place, errors);
          }
          amounts.put(name, ResourcesValidation.quantity(message));
        });
    names.addAll(amounts.keySet());
    return amounts;
  }

  private void order(
      String name,
      @Nullable Quantity min,
      @Nullable Quantity request,
      @Nullable Quantity byDefault,
      @Nullable Quantity max) {
    FieldPath requestPath = path.child("defaultRequest").key(name);
    FieldPath defaultPath = path.child("default").key(name);
    notMore("min", min, "max", max, min, path.child("min").key(name));
    notMore("min", min, "default request", request, request, requestPath);
    notMore("default request", request, "max", max, request, requestPath);
    notMore("default request", request, "default limit", byDefault, request, requestPath);
    // These two show the other value.
    notMore("min", min, "default", byDefault, min, defaultPath);
    notMore("default", byDefault, "max", max, max, defaultPath);
  }

  private void notMore(
      String lowName,
      @Nullable Quantity low,
      String highName,
      @Nullable Quantity high,
      @Nullable Quantity shown,
      FieldPath place) {
    if (low != null && high != null && low.compareTo(high) > 0) {
      errors.invalid(
          place,
          String.valueOf(shown),
          lowName + " value " + low + " is greater than " + highName + " value " + high);
    }
  }

  private void ratio(
      String name, @Nullable Quantity ratio, @Nullable Quantity min, @Nullable Quantity max) {
    if (ratio == null) {
      return;
    }
    FieldPath place = path.child("maxLimitRequestRatio").key(name);
    if (ratio.compareTo(Quantity.of(1)) < 0) {
      errors.invalid(place, ratio.toString(), "ratio " + ratio + " is less than 1");
    }
    if (min == null || max == null || min.signum() == 0) {
      return;
    }
    double most = number(max) / number(min);
    if (number(ratio) > most) {
      errors.invalid(
          place,
          ratio.toString(),
          "ratio "
              + ratio
              + " is greater than max/min = "
              + String.format(java.util.Locale.ROOT, "%f", most));
    }
  }

  private static double number(Quantity amount) {
    return amount.isMultipleOf(0) ? amount.value() : amount.milliValue() / 1000.0;
  }

  /// What cannot be overcommitted has no room between request and limit.
  private void sameWhereNotShared(
      String name, @Nullable Quantity request, @Nullable Quantity byDefault) {
    boolean shared =
        (name.indexOf('/') < 0 || name.contains("kubernetes.io/"))
            && !name.startsWith("hugepages-");
    if (!shared && request != null && byDefault != null && request.compareTo(byDefault) != 0) {
      errors.invalid(
          path.child("defaultRequest").key(name),
          byDefault.toString(),
          "default value "
              + byDefault
              + " must equal to defaultRequest value "
              + request
              + " in "
              + name);
    }
  }
}
