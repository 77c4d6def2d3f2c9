package io.kemudi.apiserver.admission.webhook;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.ObjectReader;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Finds where a Service of the cluster answers: one of its ready endpoints, in turn. Not by its
/// cluster address: the server may run where no proxy does.
final class ServiceAddresses {
  private static final String SLICES = "endpointslices.discovery.k8s.io";
  private static final String OF_SERVICE = "kubernetes.io/service-name";

  private final ObjectReader reader;
  private final AtomicInteger turn = new AtomicInteger();

  ServiceAddresses(ObjectReader reader) {
    this.reader = reader;
  }

  /// @throws CallFailed when there is no Service, no such port or no endpoint
  InetSocketAddress resolve(Backend.Service backend) {
    Map<String, @Nullable Object> service =
        reader.cached("services", backend.namespace(), backend.name());
    if (service == null) {
      throw new CallFailed("service \"" + backend.name() + "\" not found");
    }
    String portName = portName(service, backend);
    if ("ExternalName".equals(Trees.at(service, "spec", "type"))) {
      Object host = Trees.at(service, "spec", "externalName");
      return InetSocketAddress.createUnresolved(String.valueOf(host), backend.port());
    }
    List<InetSocketAddress> ready = ready(backend, portName);
    if (ready.isEmpty()) {
      throw new CallFailed("no endpoints available for service \"" + backend.name() + "\"");
    }
    return ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()));
  }

  private static @Nullable String portName(
      Map<String, @Nullable Object> service, Backend.Service backend) {
    if (Trees.at(service, "spec", "ports") instanceof List<?> ports) {
      for (Object each : ports) {
        Map<String, @Nullable Object> port = Trees.object(each, "a port");
        if (port.get("port") instanceof Long number && number == backend.port()) {
          return Trees.string(port, "name");
        }
      }
    }
    if ("ExternalName".equals(Trees.at(service, "spec", "type"))) {
      return null;
    }
    throw new CallFailed(
        "no service port " + backend.port() + " found for service \"" + backend.name() + "\"");
  }

  private List<InetSocketAddress> ready(Backend.Service backend, @Nullable String portName) {
    List<InetSocketAddress> ready = new ArrayList<>();
    for (EndpointSlice slice : slices(backend)) {
      for (EndpointPort port : slice.getPortsList()) {
        if (portName == null || port.getName().equals(portName)) {
          slice.getEndpointsList().stream()
              .filter(ServiceAddresses::isReady)
              .flatMap(endpoint -> endpoint.getAddressesList().stream())
              .forEach(address -> ready.add(new InetSocketAddress(address, port.getPort())));
        }
      }
    }
    return ready;
  }

  private List<EndpointSlice> slices(Backend.Service backend) {
    return reader.in(SLICES, backend.namespace(), EndpointSlice.parser()).stream()
        .filter(slice -> !slice.getAddressType().equals("FQDN"))
        .filter(slice -> backend.name().equals(slice.getMetadata().getLabelsMap().get(OF_SERVICE)))
        .toList();
  }

  /// As the API says: what says nothing is ready.
  private static boolean isReady(Endpoint endpoint) {
    return !endpoint.hasConditions()
        || !endpoint.getConditions().hasReady()
        || endpoint.getConditions().getReady();
  }

  /// Whether anything of it runs.
  boolean hasEndpoint(Backend.Service backend) {
    return slices(backend).stream()
        .flatMap(slice -> slice.getEndpointsList().stream())
        .anyMatch(ServiceAddresses::isReady);
  }
}
