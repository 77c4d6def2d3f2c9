package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Where a service can be reached.
final class ServiceCells {
  private ServiceCells() {}

  static String clusterIp(Service service) {
    var spec = service.getSpec();
    return spec.getClusterIPsCount() > 0
        ? spec.getClusterIPs(0)
        : Cells.orNone(spec.getClusterIP());
  }

  static String externalIp(Service service) {
    var spec = service.getSpec();
    return switch (spec.getType()) {
      case "ExternalName" -> spec.getExternalName();
      case "LoadBalancer" -> {
        Set<String> all = new LinkedHashSet<>();
        for (var ingress : service.getStatus().getLoadBalancer().getIngressList()) {
          all.add(ingress.getIp().isEmpty() ? ingress.getHostname() : ingress.getIp());
        }
        all.addAll(spec.getExternalIPsList());
        yield all.isEmpty() ? "<pending>" : String.join(",", all);
      }
      default -> Cells.orNone(Cells.joined(spec.getExternalIPsList()));
    };
  }

  static String ports(Service service) {
    List<String> ports = new ArrayList<>();
    for (ServicePort port : service.getSpec().getPortsList()) {
      String node = port.getNodePort() > 0 ? ":" + port.getNodePort() : "";
      ports.add(port.getPort() + node + "/" + port.getProtocol());
    }
    return Cells.orNone(ports.stream().collect(Collectors.joining(",")));
  }
}
