package io.kemudi.scheduler;

import io.kemudi.client.api.ApiClient;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.plugins.DefaultBinder;
import io.kemudi.scheduler.plugins.DefaultPreemption;
import io.kemudi.scheduler.plugins.DisruptionBudgets;
import io.kemudi.scheduler.plugins.DynamicResources;
import io.kemudi.scheduler.plugins.ImageLocality;
import io.kemudi.scheduler.plugins.InterPodAffinity;
import io.kemudi.scheduler.plugins.NodeAffinity;
import io.kemudi.scheduler.plugins.NodeName;
import io.kemudi.scheduler.plugins.NodePorts;
import io.kemudi.scheduler.plugins.NodeResourcesBalancedAllocation;
import io.kemudi.scheduler.plugins.NodeResourcesFit;
import io.kemudi.scheduler.plugins.NodeUnschedulable;
import io.kemudi.scheduler.plugins.PodTopologySpread;
import io.kemudi.scheduler.plugins.PrioritySort;
import io.kemudi.scheduler.plugins.SchedulingGates;
import io.kemudi.scheduler.plugins.TaintToleration;
import io.kemudi.scheduler.plugins.VolumeBinding;
import java.util.List;

/// The plugins of a scheduler without further configuration, in upstream's order and weights.
public final class DefaultPlugins {
  private DefaultPlugins() {}

  /// For clusters without persistent volumes, whose pods belong to nothing.
  public static Plugins of(ApiClient client) {
    return of(
        client,
        VolumeBinding.Volumes.NONE,
        PodTopologySpread.Workloads.NONE,
        DisruptionBudgets.NONE);
  }

  public static Plugins of(
      ApiClient client,
      VolumeBinding.Volumes volumes,
      PodTopologySpread.Workloads workloads,
      DisruptionBudgets budgets) {
    var taints = new TaintToleration();
    var affinity = new NodeAffinity();
    var spread = new PodTopologySpread(workloads);
    var near = new InterPodAffinity();
    var images = new ImageLocality();
    var fit = new NodeResourcesFit();
    var balance = new NodeResourcesBalancedAllocation();
    return new Plugins(
        List.of(
            new SchedulingGates(),
            new PrioritySort(),
            new NodeUnschedulable(),
            new NodeName(),
            taints,
            affinity,
            new NodePorts(),
            fit,
            new VolumeBinding(volumes),
            new DynamicResources(),
            spread,
            near,
            balance,
            images,
            new DefaultPreemption(budgets),
            new DefaultBinder(client)),
        List.of(
            new Plugins.Weighted(taints, 3),
            new Plugins.Weighted(affinity, 2),
            new Plugins.Weighted(spread, 2),
            new Plugins.Weighted(near, 2),
            new Plugins.Weighted(fit, 1),
            new Plugins.Weighted(balance, 1),
            new Plugins.Weighted(images, 1)));
  }
}
