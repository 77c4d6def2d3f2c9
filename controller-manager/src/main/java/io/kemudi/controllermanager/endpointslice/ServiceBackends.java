package io.kemudi.controllermanager.endpointslice;

import io.kemudi.controllermanager.replicaset.PodStates;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointConditions;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What stands behind a Service in one address family: a pure function of the Service and the pods
/// that it selects. Pods that resolve a named port to different numbers fall into different groups.
final class ServiceBackends {
  private ServiceBackends() {}

  /// Endpoints by the ports they serve, in the order of the pods' names. `zone` gives a node's
  /// zone, "" when it has none.
  static Map<List<EndpointPort>, List<Endpoint>> of(
      Service service, List<Pod> pods, String addressType, Function<String, String> zone) {
    var groups = new LinkedHashMap<List<EndpointPort>, List<Endpoint>>();
    for (Pod pod : pods) {
      String address = address(pod, addressType);
      if (address == null || PodStates.isFinished(pod) || pod.getSpec().getNodeName().isEmpty()) {
        continue;
      }
      groups
          .computeIfAbsent(ports(service, pod), ports -> new ArrayList<>())
          .add(endpoint(service, pod, address, zone));
    }
    return groups;
  }

  private static @Nullable String address(Pod pod, String addressType) {
    boolean wantV6 = addressType.equals("IPv6");
    for (var ip : pod.getStatus().getPodIPsList()) {
      if (ip.getIp().indexOf(':') >= 0 == wantV6) {
        return ip.getIp();
      }
    }
    return null;
  }

  private static Endpoint endpoint(
      Service service, Pod pod, String address, Function<String, String> zone) {
    boolean terminating = pod.getMetadata().hasDeletionTimestamp();
    boolean serving = PodStates.isReady(pod) || service.getSpec().getPublishNotReadyAddresses();
    boolean ready = service.getSpec().getPublishNotReadyAddresses() || (serving && !terminating);
    String node = pod.getSpec().getNodeName();
    var endpoint =
        Endpoint.newBuilder()
            .addAddresses(address)
            .setConditions(
                EndpointConditions.newBuilder()
                    .setReady(ready)
                    .setServing(serving)
                    .setTerminating(terminating))
            .setNodeName(node)
            .setTargetRef(
                ObjectReference.newBuilder()
                    .setKind("Pod")
                    .setNamespace(pod.getMetadata().getNamespace())
                    .setName(pod.getMetadata().getName())
                    .setUid(pod.getMetadata().getUid()));
    String inZone = zone.apply(node);
    if (!inZone.isEmpty()) {
      endpoint.setZone(inZone);
    }
    if (!pod.getSpec().getHostname().isEmpty()
        && pod.getSpec().getSubdomain().equals(service.getMetadata().getName())) {
      endpoint.setHostname(pod.getSpec().getHostname());
    }
    return endpoint.build();
  }

  /// The Service's ports as this pod serves them; a named port that the pod does not have is left
  /// out.
  private static List<EndpointPort> ports(Service service, Pod pod) {
    var ports = new ArrayList<EndpointPort>();
    for (ServicePort port : service.getSpec().getPortsList()) {
      Integer number = number(port, pod);
      if (number == null) {
        continue;
      }
      var resolved =
          EndpointPort.newBuilder()
              .setName(port.getName())
              .setPort(number)
              .setProtocol(port.getProtocol());
      if (port.hasAppProtocol()) {
        resolved.setAppProtocol(port.getAppProtocol());
      }
      ports.add(resolved.build());
    }
    return ports;
  }

  private static @Nullable Integer number(ServicePort port, Pod pod) {
    var target = port.getTargetPort();
    if (target.getType() == 0) {
      return target.getIntVal() == 0 ? port.getPort() : target.getIntVal();
    }
    Integer found =
        named(target.getStrVal(), port.getProtocol(), pod.getSpec().getContainersList());
    if (found != null) {
      return found;
    }
    List<Container> sidecars =
        pod.getSpec().getInitContainersList().stream()
            .filter(c -> c.getRestartPolicy().equals("Always"))
            .toList();
    return named(target.getStrVal(), port.getProtocol(), sidecars);
  }

  private static @Nullable Integer named(String name, String protocol, List<Container> containers) {
    for (Container container : containers) {
      for (ContainerPort port : container.getPortsList()) {
        if (port.getName().equals(name) && port.getProtocol().equals(protocol)) {
          return port.getContainerPort();
        }
      }
    }
    return null;
  }
}
