package io.kemudi.scheduler.plugins;

import io.kemudi.scheduler.framework.Diagnosis;
import io.kemudi.scheduler.framework.FilterPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PostFilterPlugin;
import io.kemudi.scheduler.framework.Snapshot;

/// Refuses pods with resource claims by name: this scheduler does not allocate devices.
public final class DynamicResources implements FilterPlugin, PostFilterPlugin {
  private static final FilterResult UNSUPPORTED =
      FilterResult.unresolvable("spec.resourceClaims: this scheduler does not allocate devices");

  @Override
  public String name() {
    return "DynamicResources";
  }

  @Override
  public PreFilter preFilter(PodInfo pod, Snapshot nodes) {
    return pod.pod().getSpec().getResourceClaimsCount() == 0
        ? PreFilter.SKIP
        : new PreFilter.Refused(UNSUPPORTED);
  }

  @Override
  public PostFilter postFilter(PodInfo pod, Snapshot nodes, Diagnosis diagnosis, NodeCheck check) {
    return new PostFilter.Unschedulable("no new claims to deallocate");
  }
}
