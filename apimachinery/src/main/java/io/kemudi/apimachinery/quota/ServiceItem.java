package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A Service: itself, its load balancer, and its node ports as far as they are meant to be given
/// (they may not have numbers yet).
public record ServiceItem(Service service) implements QuotaItem {
  private static final Set<String> NAMES =
      Set.of("services", "services.loadbalancers", "services.nodeports", "count/services");

  @Override
  public boolean tracks(String name) {
    return NAMES.contains(name);
  }

  @Override
  public boolean matches(ScopedResourceSelectorRequirement scope) {
    return false;
  }

  @Override
  public Map<String, Quantity> usage() {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("count/services", CountedItem.ONE);
    usage.put("services", CountedItem.ONE);
    boolean balanced = service.getSpec().getType().equals("LoadBalancer");
    usage.put("services.loadbalancers", Quantity.of(balanced ? 1 : 0));
    usage.put("services.nodeports", Quantity.of(nodePorts(service.getSpec())));
    return usage;
  }

  private static long nodePorts(ServiceSpec spec) {
    boolean suppressed =
        spec.hasAllocateLoadBalancerNodePorts() && !spec.getAllocateLoadBalancerNodePorts();
    return switch (spec.getType()) {
      case "NodePort" -> spec.getPortsCount();
      case "LoadBalancer" ->
          suppressed
              ? spec.getPortsList().stream()
                  .mapToInt(ServicePort::getNodePort)
                  .filter(p -> p != 0)
                  .count()
              : spec.getPortsCount();
      default -> 0;
    };
  }
}
