package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.pods.PodAmounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.Affinity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodAffinityTerm;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import io.kemudi.kubernetes.core.v1.WeightedPodAffinityTerm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A pod: itself, and while it lives what it requests and is limited to. A pod lives until its
/// phase says that it is done, or its time to end has passed.
public record PodItem(Pod pod, Instant now) implements QuotaItem {
  private static final String COUNT = "count/pods";
  private static final String REQUESTS = "requests.";
  private static final String LIMITS = "limits.";
  private static final List<String> PLAIN = List.of("cpu", "memory", "ephemeral-storage");
  private static final Set<String> NAMES =
      Set.of(
          COUNT,
          "pods",
          "cpu",
          "memory",
          "ephemeral-storage",
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");

  /// A quota of these makes every container say how much it takes. Upstream calls that a mistake
  /// which is not to be repeated with others.
  private static final Set<String> DEMANDED =
      Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  private static final String HUGE_PAGES = "hugepages-";

  @Override
  public boolean tracks(String name) {
    return NAMES.contains(name)
        || name.startsWith(HUGE_PAGES)
        || name.startsWith(REQUESTS + HUGE_PAGES)
        || name.startsWith(REQUESTS) && isExtended(name.substring(REQUESTS.length()));
  }

  /// Resources of nodes that Kubernetes itself knows nothing of, such as `example.com/gpu`.
  private static boolean isExtended(String name) {
    int slash = name.indexOf('/');
    if (slash < 0 || name.startsWith(REQUESTS)) {
      return false;
    }
    String domain = name.substring(0, slash);
    return !domain.equals("kubernetes.io") && !domain.endsWith(".kubernetes.io");
  }

  @Override
  public boolean matches(ScopedResourceSelectorRequirement scope) {
    return switch (scope.getScopeName()) {
      case "Terminating" -> isTerminating();
      case "NotTerminating" -> !isTerminating();
      case "BestEffort" -> PodAmounts.isBestEffort(pod);
      case "NotBestEffort" -> !PodAmounts.isBestEffort(pod);
      case "PriorityClass" -> {
        String name = pod.getSpec().getPriorityClassName();
        yield ScopeSelectors.matchesAny(scope, name.isEmpty() ? Set.of() : Set.of(name));
      }
      case "CrossNamespacePodAffinity" -> looksIntoOtherNamespaces();
      default -> false;
    };
  }

  private boolean isTerminating() {
    return pod.getSpec().hasActiveDeadlineSeconds()
        && pod.getSpec().getActiveDeadlineSeconds() >= 0;
  }

  private boolean looksIntoOtherNamespaces() {
    Affinity affinity = pod.getSpec().getAffinity();
    var near = affinity.getPodAffinity();
    var far = affinity.getPodAntiAffinity();
    Stream<PodAffinityTerm> required =
        Stream.concat(
            near.getRequiredDuringSchedulingIgnoredDuringExecutionList().stream(),
            far.getRequiredDuringSchedulingIgnoredDuringExecutionList().stream());
    Stream<PodAffinityTerm> preferred =
        Stream.concat(
                near.getPreferredDuringSchedulingIgnoredDuringExecutionList().stream(),
                far.getPreferredDuringSchedulingIgnoredDuringExecutionList().stream())
            .map(WeightedPodAffinityTerm::getPodAffinityTerm);
    return Stream.concat(required, preferred)
        .anyMatch(term -> term.getNamespacesCount() > 0 || term.hasNamespaceSelector());
  }

  @Override
  public Map<String, Quantity> usage() {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(COUNT, CountedItem.ONE);
    return lives()
        ? Amounts.plus(
            usage, compute(PodAmounts.chargedRequests(pod), PodAmounts.chargedLimits(pod)))
        : usage;
  }

  private boolean lives() {
    String phase = pod.getStatus().getPhase();
    if (phase.equals("Failed") || phase.equals("Succeeded")) {
      return false;
    }
    var meta = pod.getMetadata();
    if (!meta.hasDeletionTimestamp() || !meta.hasDeletionGracePeriodSeconds()) {
      return true;
    }
    // The time of deletion is that by which the pod should be gone; upstream counts the grace
    // from there, so a pod whose node is lost is charged a while longer.
    Instant end =
        Instant.ofEpochSecond(meta.getDeletionTimestamp().getSeconds())
            .plus(Duration.ofSeconds(meta.getDeletionGracePeriodSeconds()));
    return now.isBefore(end);
  }

  private static Map<String, Quantity> compute(
      Map<String, Quantity> requests, Map<String, Quantity> limits) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("pods", CountedItem.ONE);
    requests.forEach((name, amount) -> {
      if (PLAIN.contains(name) || name.startsWith(HUGE_PAGES)) {
        usage.put(name, amount);
        usage.put(REQUESTS + name, amount);
      } else if (isExtended(name)) {
        usage.put(REQUESTS + name, amount);
      }
    });
    limits.forEach((name, amount) -> {
      if (PLAIN.contains(name)) {
        usage.put(LIMITS + name, amount);
      }
    });
    return usage;
  }

  /// Pods that say what they take as a whole need not say it for each container.
  @Override
  public String missing(Set<String> names) {
    Map<String, Set<String>> lacking = new TreeMap<>();
    Set<String> demanded = new TreeSet<>(names);
    demanded.retainAll(DEMANDED);
    demanded.removeAll(
        compute(
                Amounts.of(pod.getSpec().getResources().getRequestsMap()),
                Amounts.of(pod.getSpec().getResources().getLimitsMap()))
            .keySet());
    List<Container> containers = new ArrayList<>(pod.getSpec().getContainersList());
    containers.addAll(pod.getSpec().getInitContainersList());
    for (Container container : containers) {
      Set<String> said =
          compute(
                  Amounts.of(container.getResources().getRequestsMap()),
                  Amounts.of(container.getResources().getLimitsMap()))
              .keySet();
      for (String name : demanded) {
        if (!said.contains(name)) {
          lacking.computeIfAbsent(name, _ -> new TreeSet<>()).add(container.getName());
        }
      }
    }
    if (lacking.isEmpty()) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    lacking.forEach((name, of) -> parts.add(name + " for: " + String.join(",", of)));
    return "must specify " + String.join("; ", parts);
  }
}
