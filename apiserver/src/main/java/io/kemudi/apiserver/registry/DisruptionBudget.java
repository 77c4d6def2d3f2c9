package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusCause;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What pods and PodDisruptionBudgets say of an eviction, as upstream decides it. Pure but for the
/// budget that is spent from.
final class DisruptionBudget {
  /// Evictions that the budget's controller has not confirmed yet. Upstream's bound.
  private static final int MAX_DISRUPTED = 2000;

  private DisruptionBudget() {}

  /// A pod that is done, has not begun, or is going anyway disturbs nobody.
  static boolean isFree(Map<String, @Nullable Object> pod) {
    return "Pending".equals(phase(pod)) || isOver(pod);
  }

  /// Whether nothing can make the pod one that a budget protects.
  static boolean isOver(Map<String, @Nullable Object> pod) {
    Object phase = phase(pod);
    return "Succeeded".equals(phase) || "Failed".equals(phase) || Meta.isDeleting(pod);
  }

  private static @Nullable Object phase(Map<String, @Nullable Object> pod) {
    return Trees.at(pod, "status", "phase");
  }

  static boolean isReady(Map<String, @Nullable Object> pod) {
    return Trees.at(pod, "status", "conditions") instanceof List<?> conditions
        && conditions.stream()
            .anyMatch(one ->
                "Ready".equals(Trees.at(one, "type")) && "True".equals(Trees.at(one, "status")));
  }

  /// Whether a pod that is not ready may go without a disruption being counted: always, or while
  /// enough others are healthy, as the budget's policy says.
  static boolean letsUnhealthyGo(Map<String, @Nullable Object> budget) {
    if ("AlwaysAllow".equals(Trees.at(budget, "spec", "unhealthyPodEvictionPolicy"))) {
      return true;
    }
    Map<String, @Nullable Object> status = Trees.child(budget, "status");
    long desired = number(status, "desiredHealthy");
    return desired > 0 && number(status, "currentHealthy") >= desired;
  }

  /// Takes a disruption for `pod`.
  ///
  /// @throws ApiException 429 when there is none, or it is not known yet how many there are
  static void spend(Map<String, @Nullable Object> budget, String pod, String now) {
    Map<String, @Nullable Object> status = Trees.child(budget, "status");
    String name = Meta.name(budget);
    if (number(status, "observedGeneration") < number(Meta.of(budget), "generation")) {
      throw beingProcessed(name);
    }
    long allowed = number(status, "disruptionsAllowed");
    if (allowed < 0) {
      throw forbidden(name, "pdb disruptions allowed is negative");
    }
    Map<String, @Nullable Object> disrupted = Trees.objectOrNull(status.get("disruptedPods"));
    if (disrupted != null && disrupted.size() > MAX_DISRUPTED) {
      throw forbidden(
          name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }
    if (allowed == 0) {
      throw wouldViolate(
          "The disruption budget " + name + " does not allow evicting pods currently", 0);
    }
    status.put("disruptionsAllowed", allowed - 1);
    if (allowed == 1) {
      noneLeft(status, now);
    }
    Trees.child(status, "disruptedPods").put(pod, now);
  }

  private static void noneLeft(Map<String, @Nullable Object> status, String now) {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "DisruptionAllowed");
    condition.put("status", "False");
    condition.put("observedGeneration", number(status, "observedGeneration"));
    condition.put("reason", "InsufficientPods");
    condition.put("message", "");
    Conditions.set(status, condition, now);
  }

  private static long number(Map<String, @Nullable Object> tree, String field) {
    return tree.get(field) instanceof Long value ? value : 0;
  }

  static ApiException beingProcessed(String budget) {
    return wouldViolate(
        "The disruption budget " + budget + " is still being processed by the server.", 10);
  }

  private static ApiException forbidden(String budget, String why) {
    return new ApiException(
        StatusReason.FORBIDDEN,
        "poddisruptionbudget.policy \"" + budget + "\" is forbidden: " + why,
        StatusDetails.of("policy", "poddisruptionbudget", budget));
  }

  private static ApiException wouldViolate(String why, int retryAfterSeconds) {
    StatusDetails details =
        new StatusDetails(
            "",
            "",
            "",
            "",
            List.of(new StatusCause("DisruptionBudget", why, "")),
            retryAfterSeconds);
    return new ApiException(
        StatusReason.TOO_MANY_REQUESTS,
        "Cannot evict pod as it would violate the pod's disruption budget.",
        details);
  }
}
