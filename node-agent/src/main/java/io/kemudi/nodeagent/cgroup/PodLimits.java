package io.kemudi.nodeagent.cgroup;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.ResourceRequirements;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.PodContainers;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// What all of a pod's containers together may take, in the kernel's units. A limit holds for the
/// pod only if every container has one, or the pod itself.
///
/// @param cpuShares in relation to others, 2 to 262144
/// @param cpuQuotaUs of each [CgroupNumbers#PERIOD_US]; 0 for no limit
/// @param memoryBytes 0 for no limit
public record PodLimits(long cpuShares, long cpuQuotaUs, long memoryBytes) {
  public static PodLimits of(PodSpec spec) {
    Long shares = together(spec, "cpu", false);
    Long cpu = together(spec, "cpu", true);
    Long memory = together(spec, "memory", true);
    return new PodLimits(
        CgroupNumbers.cpuShares(shares == null ? 0 : shares),
        cpu == null ? 0 : CgroupNumbers.cpuQuotaUs(cpu),
        memory == null ? 0 : Math.ceilDiv(memory, 1000));
  }

  /// In thousandths. Containers and sidecars run together; before them each init container runs
  /// with the sidecars that were started earlier. Null where a limit is missing.
  private static @Nullable Long together(PodSpec spec, String resource, boolean limit) {
    Long ofPod = amount(spec.getResources(), resource, limit);
    if (ofPod != null) {
      return ofPod;
    }
    long lasting = 0;
    long peak = 0;
    var all = new ArrayList<Container>(spec.getInitContainersList());
    all.addAll(spec.getContainersList());
    for (int i = 0; i < all.size(); i++) {
      Container container = all.get(i);
      Long wanted = amount(container.getResources(), resource, limit);
      if (wanted == null && limit) {
        return null;
      }
      long amount = wanted == null ? 0 : wanted;
      if (i < spec.getInitContainersCount() && !PodContainers.isSidecar(container)) {
        peak = Math.max(peak, lasting + amount);
      } else {
        lasting += amount;
      }
    }
    return Math.max(lasting, peak);
  }

  /// A request that is not said is as much as the limit.
  private static @Nullable Long amount(
      ResourceRequirements resources, String resource, boolean limit) {
    Long request = Amounts.milli(resources.getRequestsMap(), resource);
    return limit || request == null ? Amounts.milli(resources.getLimitsMap(), resource) : request;
  }
}
