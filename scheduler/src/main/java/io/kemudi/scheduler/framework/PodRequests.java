package io.kemudi.scheduler.framework;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.Arrays;
import java.util.Map;

/// How much a pod needs: the most that its containers ask for at one time. Init containers run one
/// after another before the others, except those that restart always (sidecars): they stay.
///
/// ```
/// init: a 3, sidecar s 1, b 2     main: c 1, d 1
/// a alone 3;  b beside s 3;  c, d beside s 3    -> 3
/// ```
final class PodRequests {
  /// What a container without requests counts as when nodes are compared (not when they are
  /// checked), as upstream: 0.1 CPU and 200 MB.
  private static final long ASSUMED_CPU = 100;

  private static final long ASSUMED_MEMORY = 200L * 1024 * 1024;

  private final ResourceNames names;
  private final boolean assumeMissing;

  private PodRequests(ResourceNames names, boolean assumeMissing) {
    this.names = names;
    this.assumeMissing = assumeMissing;
  }

  /// What the pod takes from a node's allocatable resources, by resource number.
  static long[] of(PodSpec spec, ResourceNames names) {
    return new PodRequests(names, false).total(spec);
  }

  /// The same for comparing nodes: nothing counts as nothing.
  static long[] assumed(PodSpec spec, ResourceNames names) {
    return new PodRequests(names, true).total(spec);
  }

  private long[] total(PodSpec spec) {
    long[] sidecars = new long[names.count()];
    long[] starting = new long[names.count()]; // the most while init containers run
    for (Container init : spec.getInitContainersList()) {
      long[] one = container(init);
      if (init.getRestartPolicy().equals("Always")) {
        sidecars = plus(sidecars, one);
        starting = max(starting, sidecars);
      } else {
        starting = max(starting, plus(sidecars, one));
      }
    }
    long[] running = sidecars;
    for (Container container : spec.getContainersList()) {
      running = plus(running, container(container));
    }
    long[] total = max(running, starting);
    total = replaced(total, spec.getResources().getRequestsMap());
    return plus(total, amounts(spec.getOverheadMap()));
  }

  private long[] container(Container container) {
    Map<String, io.kemudi.kubernetes.quantity.Quantity> requests =
        container.getResources().getRequestsMap();
    long[] amounts = amounts(requests);
    if (assumeMissing && !requests.containsKey("cpu")) {
      amounts[ResourceNames.CPU] = ASSUMED_CPU;
    }
    if (assumeMissing && !requests.containsKey("memory")) {
      amounts[ResourceNames.MEMORY] = ASSUMED_MEMORY;
    }
    return amounts;
  }

  /// Requests of the pod as a whole take the place of its containers' sums.
  private long[] replaced(long[] total, Map<String, io.kemudi.kubernetes.quantity.Quantity> ofPod) {
    long[] result = total;
    for (var entry : ofPod.entrySet()) {
      int number = names.number(entry.getKey());
      result = Arrays.copyOf(result, Math.max(result.length, names.count()));
      result[number] = amount(number, entry.getValue().getString());
    }
    return result;
  }

  private long[] amounts(Map<String, io.kemudi.kubernetes.quantity.Quantity> quantities) {
    return amounts(quantities, names);
  }

  static long[] amounts(
      Map<String, io.kemudi.kubernetes.quantity.Quantity> quantities, ResourceNames names) {
    quantities.keySet().forEach(names::number);
    long[] amounts = new long[names.count()];
    quantities.forEach((name, quantity) -> {
      int number = names.number(name);
      amounts[number] = amount(number, quantity.getString());
    });
    return amounts;
  }

  private static long amount(int number, String quantity) {
    Quantity parsed = Quantity.parse(quantity);
    return number == ResourceNames.CPU ? parsed.milliValue() : parsed.value();
  }

  private static long[] plus(long[] a, long[] b) {
    long[] sum = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static long[] max(long[] a, long[] b) {
    long[] most = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      most[i] = Math.max(most[i], b[i]);
    }
    return most;
  }
}
