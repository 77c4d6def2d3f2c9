package io.kemudi.apimachinery.pods;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerStatus;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How much a pod takes: the most that its containers ask for at one time. Init containers run one
/// after another before the others, except those that restart always (sidecars): they stay.
///
/// ```
/// init: a 3, sidecar s 1, b 2     main: c 1, d 1
/// a alone 3;  b beside s 3;  c, d beside s 3    -> 3
/// ```
public final class PodAmounts {
  private PodAmounts() {}

  /// The requests of the specification, without the overhead.
  public static Map<String, Quantity> requests(PodSpec spec) {
    Map<String, Quantity> total = total(spec, c -> Amounts.of(c.getResources().getRequestsMap()));
    return replaced(total, Amounts.of(spec.getResources().getRequestsMap()));
  }

  /// The limits of the specification, without the overhead.
  public static Map<String, Quantity> limits(PodSpec spec) {
    Map<String, Quantity> total = total(spec, c -> Amounts.of(c.getResources().getLimitsMap()));
    return replaced(total, Amounts.of(spec.getResources().getLimitsMap()));
  }

  /// What a pod is charged as requests: with the overhead, and while a resize is under way the
  /// larger of what is wanted, promised and given (KEP-1287). A resize that the node called
  /// infeasible is not wanted any more.
  public static Map<String, Quantity> chargedRequests(Pod pod) {
    return Amounts.plus(
        charged(
            pod,
            c -> Amounts.of(c.getResources().getRequestsMap()),
            s ->
                Amounts.max(
                    Amounts.of(s.getAllocatedResourcesMap()),
                    Amounts.of(s.getResources().getRequestsMap())),
            Amounts.of(pod.getSpec().getResources().getRequestsMap())),
        Amounts.of(pod.getSpec().getOverheadMap()));
  }

  /// What a pod is charged as limits. The overhead raises only limits that are there.
  public static Map<String, Quantity> chargedLimits(Pod pod) {
    Map<String, Quantity> limits =
        charged(
            pod,
            c -> Amounts.of(c.getResources().getLimitsMap()),
            s -> Amounts.of(s.getResources().getLimitsMap()),
            Amounts.of(pod.getSpec().getResources().getLimitsMap()));
    Map<String, Quantity> overhead = Amounts.of(pod.getSpec().getOverheadMap());
    overhead.keySet().retainAll(limits.keySet());
    return Amounts.plus(limits, overhead);
  }

  private static Map<String, Quantity> charged(
      Pod pod,
      Function<Container, Map<String, Quantity>> wanted,
      Function<ContainerStatus, Map<String, Quantity>> given,
      Map<String, Quantity> ofPod) {
    Map<String, ContainerStatus> statuses = new HashMap<>();
    pod.getStatus().getContainerStatusesList().forEach(s -> statuses.put(s.getName(), s));
    pod.getStatus().getInitContainerStatusesList().forEach(s -> statuses.put(s.getName(), s));
    boolean infeasible = isResizeInfeasible(pod);
    Map<String, Quantity> total =
        total(
            pod.getSpec(),
            container -> {
              ContainerStatus status = statuses.get(container.getName());
              Map<String, Quantity> now = status == null ? Map.of() : given.apply(status);
              if (now.isEmpty()) {
                return wanted.apply(container);
              }
              return infeasible ? now : Amounts.max(wanted.apply(container), now);
            });
    return replaced(total, ofPod);
  }

  private static boolean isResizeInfeasible(Pod pod) {
    return pod.getStatus().getConditionsList().stream()
        .anyMatch(
            c -> c.getType().equals("PodResizePending") && c.getReason().equals("Infeasible"));
  }

  private static Map<String, Quantity> total(
      PodSpec spec, Function<Container, Map<String, Quantity>> amounts) {
    Map<String, Quantity> sidecars = new TreeMap<>();
    Map<String, Quantity> starting = new TreeMap<>(); // the most while init containers run
    for (Container init : spec.getInitContainersList()) {
      Map<String, Quantity> one = amounts.apply(init);
      if (init.getRestartPolicy().equals("Always")) {
        sidecars = Amounts.plus(sidecars, one);
        starting = Amounts.max(starting, sidecars);
      } else {
        starting = Amounts.max(starting, Amounts.plus(sidecars, one));
      }
    }
    Map<String, Quantity> running = sidecars;
    for (Container container : spec.getContainersList()) {
      running = Amounts.plus(running, amounts.apply(container));
    }
    return Amounts.max(running, starting);
  }

  /// Amounts of the pod as a whole take the place of its containers' sums.
  private static Map<String, Quantity> replaced(
      Map<String, Quantity> total, Map<String, Quantity> ofPod) {
    Map<String, Quantity> result = new TreeMap<>(total);
    result.putAll(ofPod);
    return result;
  }

  /// Whether no container asks for or is limited in CPU or memory (QoS class BestEffort).
  public static boolean isBestEffort(Pod pod) {
    String known = pod.getStatus().getQosClass();
    if (!known.isEmpty()) {
      return known.equals("BestEffort");
    }
    PodSpec spec = pod.getSpec();
    return isFree(Amounts.of(spec.getResources().getRequestsMap()))
        && isFree(Amounts.of(spec.getResources().getLimitsMap()))
        && PodContainers.all(spec).stream()
            .allMatch(c ->
                isFree(Amounts.of(c.getResources().getRequestsMap()))
                    && isFree(Amounts.of(c.getResources().getLimitsMap())));
  }

  private static boolean isFree(Map<String, Quantity> amounts) {
    Quantity cpu = amounts.get("cpu");
    Quantity memory = amounts.get("memory");
    return (cpu == null || cpu.isZero()) && (memory == null || memory.isZero());
  }
}
