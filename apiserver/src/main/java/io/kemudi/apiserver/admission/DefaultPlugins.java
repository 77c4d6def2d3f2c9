package io.kemudi.apiserver.admission;

import io.kemudi.apiserver.registry.ObjectReader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The plugins of a default server, in upstream's order. Not here yet: LimitRanger, ResourceQuota,
/// PodSecurity, storage object protection, policies and webhooks.
public final class DefaultPlugins {
  private DefaultPlugins() {}

  public static AdmissionChain chain(
      ObjectReader objects, RandomGenerator random, List<String> disabled) {
    List<AdmissionPlugin> plugins = new ArrayList<>();
    plugins.add(new NamespaceLifecycle(objects));
    plugins.add(new ServiceAccountAdmission(objects, random));
    plugins.add(new DefaultTolerationSeconds());
    plugins.add(new PriorityAdmission(objects));
    plugins.add(new RoleEscalation(objects));
    plugins.removeIf(plugin -> disabled.contains(plugin.name()));
    return new AdmissionChain(plugins);
  }
}
