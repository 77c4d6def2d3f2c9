package io.kemudi.proxy.tracker;

import io.kemudi.kubernetes.core.v1.LoadBalancerIngress;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import io.kemudi.proxy.dataplane.Backend;
import io.kemudi.proxy.dataplane.DesiredRules;
import io.kemudi.proxy.dataplane.Frontend;
import io.kemudi.proxy.dataplane.Protocol;
import io.kemudi.proxy.dataplane.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Works out a node's rules from the cluster's Services and EndpointSlices. A pure function of what
/// it is given; topology hints are not looked at, IPv6 is left out.
public final class ServiceTracker {
  /// Names the Service that a slice belongs to.
  public static final String SERVICE_NAME = "kubernetes.io/service-name";

  private static final String LOCAL = "Local";

  private final String node;
  private final boolean externalIps;

  /// @param node this node's name, for policies that keep traffic local
  /// @param externalIps whether `spec.externalIPs` are served: off unless asked for, because
  ///   whoever may write a Service could draw any address's traffic to it (CVE-2020-8554)
  public ServiceTracker(String node, boolean externalIps) {
    this.node = node;
    this.externalIps = externalIps;
  }

  /// One endpoint of one port of one service.
  private record Candidate(Backend backend, boolean ready, boolean serving, boolean local) {}

  public DesiredRules compute(List<Service> services, List<EndpointSlice> slices) {
    Map<String, List<EndpointSlice>> slicesOf = new HashMap<>();
    Set<String> localPods = new HashSet<>();
    for (EndpointSlice slice : slices) {
      String service = slice.getMetadata().getLabelsMap().get(SERVICE_NAME);
      if (service != null && slice.getAddressType().equals("IPv4")) {
        String key = slice.getMetadata().getNamespace() + "/" + service;
        slicesOf.computeIfAbsent(key, _ -> new ArrayList<>()).add(slice);
        addLocal(slice, localPods);
      }
    }
    Map<Frontend, Rule> rules = new HashMap<>();
    for (Service service : services) {
      String key = service.getMetadata().getNamespace() + "/" + service.getMetadata().getName();
      add(service, slicesOf.getOrDefault(key, List.of()), rules);
    }
    return new DesiredRules(rules, localPods);
  }

  private void addLocal(EndpointSlice slice, Set<String> localPods) {
    for (Endpoint endpoint : slice.getEndpointsList()) {
      if (endpoint.getNodeName().equals(node) && endpoint.getAddressesCount() > 0) {
        localPods.add(endpoint.getAddresses(0));
      }
    }
  }

  private void add(Service service, List<EndpointSlice> slices, Map<Frontend, Rule> rules) {
    ServiceSpec spec = service.getSpec();
    String clusterIp = spec.getClusterIP();
    if (clusterIp.isEmpty()
        || clusterIp.equals("None")
        || clusterIp.contains(":")
        || spec.getType().equals("ExternalName")) {
      return; // headless, or nobody's address here
    }
    boolean sticky = spec.getSessionAffinity().equals("ClientIP");
    boolean localInside = spec.getInternalTrafficPolicy().equals(LOCAL);
    boolean localOutside = spec.getExternalTrafficPolicy().equals(LOCAL);
    for (ServicePort port : spec.getPortsList()) {
      Protocol protocol = protocol(port.getProtocol());
      List<Candidate> candidates = candidates(slices, port, protocol);
      Rule inside = new Rule(choose(candidates, localInside), sticky, false, localInside);
      // With the sender kept (Local) only this node's pods can answer over this node.
      Rule outside =
          new Rule(choose(candidates, localOutside), sticky, !localOutside, localOutside);
      rules.put(new Frontend.Address(clusterIp, protocol, port.getPort()), inside);
      if (port.getNodePort() > 0) {
        rules.put(new Frontend.NodePort(protocol, port.getNodePort()), outside);
      }
      for (String address : outsideAddresses(service)) {
        rules.put(new Frontend.Address(address, protocol, port.getPort()), outside);
      }
    }
  }

  private Set<String> outsideAddresses(Service service) {
    Set<String> addresses = new TreeSet<>();
    if (service.getSpec().getType().equals("LoadBalancer")) {
      for (LoadBalancerIngress ingress : service.getStatus().getLoadBalancer().getIngressList()) {
        // A load balancer in mode Proxy wants to see its traffic itself.
        if (!ingress.getIp().isEmpty() && !ingress.getIpMode().equals("Proxy")) {
          addresses.add(ingress.getIp());
        }
      }
    }
    if (externalIps) {
      addresses.addAll(service.getSpec().getExternalIPsList());
    }
    addresses.removeIf(a -> a.contains(":"));
    return addresses;
  }

  private List<Candidate> candidates(
      List<EndpointSlice> slices, ServicePort port, Protocol protocol) {
    List<Candidate> candidates = new ArrayList<>();
    for (EndpointSlice slice : slices) {
      for (EndpointPort target : slice.getPortsList()) {
        if (!target.getName().equals(port.getName())
            || protocol(target.getProtocol()) != protocol
            || !target.hasPort()) {
          continue;
        }
        for (Endpoint endpoint : slice.getEndpointsList()) {
          if (endpoint.getAddressesCount() > 0) {
            candidates.add(candidate(endpoint, target.getPort()));
          }
        }
      }
    }
    return candidates;
  }

  private Candidate candidate(Endpoint endpoint, int port) {
    var conditions = endpoint.getConditions();
    // A condition that is not told means yes, for the sake of old writers.
    boolean ready = !conditions.hasReady() || conditions.getReady();
    boolean serving = conditions.hasServing() ? conditions.getServing() : ready;
    return new Candidate(
        new Backend(endpoint.getAddresses(0), port),
        ready,
        serving && conditions.getTerminating(),
        endpoint.getNodeName().equals(node));
  }

  /// The ready ones; when there are none, those that still serve while they terminate.
  private static List<Backend> choose(List<Candidate> all, boolean localOnly) {
    List<Candidate> possible = localOnly ? all.stream().filter(Candidate::local).toList() : all;
    List<Candidate> ready = possible.stream().filter(Candidate::ready).toList();
    List<Candidate> chosen =
        ready.isEmpty() ? possible.stream().filter(Candidate::serving).toList() : ready;
    return List.copyOf(new TreeSet<>(chosen.stream().map(Candidate::backend).toList()));
  }

  private static Protocol protocol(String name) {
    return switch (name) {
      case "UDP" -> Protocol.UDP;
      case "SCTP" -> Protocol.SCTP;
      default -> Protocol.TCP;
    };
  }
}
