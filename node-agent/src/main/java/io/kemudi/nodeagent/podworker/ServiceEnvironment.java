package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The variables that tell a container of the services in its namespace, such as
/// `REDIS_SERVICE_HOST` and the older Docker links.
final class ServiceEnvironment {
  private ServiceEnvironment() {}

  /// @param master the services of the namespace `default`; of them `kubernetes` is always told
  static Map<String, String> of(
      List<Service> services, List<Service> master, boolean serviceLinks) {
    var variables = new LinkedHashMap<String, String>();
    master.stream()
        .filter(s -> s.getMetadata().getName().equals("kubernetes"))
        .forEach(s -> add(s, variables));
    if (serviceLinks) {
      services.forEach(s -> add(s, variables));
    }
    return variables;
  }

  private static void add(Service service, Map<String, String> variables) {
    String ip = service.getSpec().getClusterIP();
    List<ServicePort> ports = service.getSpec().getPortsList();
    if (ip.isEmpty() || ip.equals("None") || ports.isEmpty()) {
      return;
    }
    String prefix = variable(service.getMetadata().getName());
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    variables.put(prefix + "_SERVICE_HOST", ip);
    variables.put(prefix + "_SERVICE_PORT", Integer.toString(ports.get(0).getPort()));
    for (ServicePort port : ports) {
      if (!port.getName().isEmpty()) {
        variables.put(
            prefix + "_SERVICE_PORT_" + variable(port.getName()), Integer.toString(port.getPort()));
      }
    }
    for (int i = 0; i < ports.size(); i++) {
      ServicePort port = ports.get(i);
      String protocol = port.getProtocol().isEmpty() ? "TCP" : port.getProtocol();
      String lower = protocol.toLowerCase(Locale.ROOT);
      String url = lower + "://" + host + ":" + port.getPort();
      if (i == 0) {
        variables.put(prefix + "_PORT", url);
      }
      String link = prefix + "_PORT_" + port.getPort() + "_" + protocol.toUpperCase(Locale.ROOT);
      variables.put(link, url);
      variables.put(link + "_PROTO", lower);
      variables.put(link + "_PORT", Integer.toString(port.getPort()));
      variables.put(link + "_ADDR", ip);
    }
  }

  private static String variable(String name) {
    return name.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
