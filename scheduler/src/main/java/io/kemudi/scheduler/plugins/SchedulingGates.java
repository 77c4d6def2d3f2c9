package io.kemudi.scheduler.plugins;

import io.kemudi.kubernetes.core.v1.PodSchedulingGate;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PreEnqueuePlugin;
import java.util.stream.Collectors;

/// A pod with gates is not tried until they are all taken away.
public final class SchedulingGates implements PreEnqueuePlugin {
  @Override
  public String name() {
    return "SchedulingGates";
  }

  @Override
  public FilterResult preEnqueue(PodInfo pod) {
    if (pod.pod().getSpec().getSchedulingGatesCount() == 0) {
      return FilterResult.FITS;
    }
    String gates =
        pod.pod().getSpec().getSchedulingGatesList().stream()
            .map(PodSchedulingGate::getName)
            .collect(Collectors.joining(" ", "[", "]"));
    return FilterResult.unresolvable("waiting for scheduling gates: " + gates);
  }
}
