package io.kemudi.proxy.tracker;

import io.kemudi.apimachinery.resource.ObjectKey;
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
import io.kemudi.proxy.dataplane.IpFamily;
import io.kemudi.proxy.dataplane.Protocol;
import io.kemudi.proxy.dataplane.Rule;
import io.kemudi.proxy.dataplane.RulesChange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Works out a node's rules from the cluster's Services and EndpointSlices, service by service, and
/// what became different since somebody last asked: a changed service costs what it has, however
/// many there are. Topology hints are not looked at. Used by one thread at a time.
public final class ServiceTracker {
  /// Names the Service that a slice belongs to.
  public static final String SERVICE_NAME = "kubernetes.io/service-name";

  private static final String LOCAL = "Local";

  private final String node;
  private final boolean externalIps;
  private final Map<ObjectKey, Part> parts = new HashMap<>();
  // Two services may want one external address: the first by name has it.
  private final Map<Frontend, NavigableMap<ObjectKey, Rule>> claims = new HashMap<>();
  private final Map<String, Integer> localPods = new HashMap<>(); // address -> services it is in
  private final Set<Frontend> touched = new HashSet<>(); // since the last takeChange()
  private final Set<String> touchedPods = new HashSet<>();

  /// @param node this node's name, for policies that keep traffic local
  /// @param externalIps whether `spec.externalIPs` are served: off unless asked for, because
  ///   whoever may write a Service could draw any address's traffic to it (CVE-2020-8554)
  public ServiceTracker(String node, boolean externalIps) {
    this.node = node;
    this.externalIps = externalIps;
  }

  /// One endpoint of one port of one service.
  private record Candidate(Backend backend, boolean ready, boolean serving, boolean local) {}

  /// What one service contributes.
  private record Part(Map<Frontend, Rule> rules, Set<String> localPods) {
    static final Part NONE = new Part(Map.of(), Set.of());
  }

  /// The service that a slice belongs to, or null.
  public static @Nullable ObjectKey serviceOf(EndpointSlice slice) {
    String service = slice.getMetadata().getLabelsMap().get(SERVICE_NAME);
    return service == null ? null : ObjectKey.of(slice.getMetadata().getNamespace(), service);
  }

  /// The service is like this now; null when it is gone.
  public void update(ObjectKey key, @Nullable Service service, List<EndpointSlice> slices) {
    Part now = service == null ? Part.NONE : part(service, slices);
    Part before =
        Objects.requireNonNullElse(
            service == null ? parts.remove(key) : parts.put(key, now), Part.NONE);
    for (Frontend frontend : before.rules().keySet()) {
      if (!now.rules().containsKey(frontend)) {
        unclaim(frontend, key);
      }
    }
    now.rules()
        .forEach((frontend, rule) -> {
          if (!rule.equals(before.rules().get(frontend))) {
            claims.computeIfAbsent(frontend, _ -> new TreeMap<>()).put(key, rule);
            touched.add(frontend);
          }
        });
    count(before.localPods(), -1);
    count(now.localPods(), 1);
  }

  private void unclaim(Frontend frontend, ObjectKey key) {
    NavigableMap<ObjectKey, Rule> owners = claims.get(frontend);
    if (owners != null && owners.remove(key) != null) {
      touched.add(frontend);
      if (owners.isEmpty()) {
        claims.remove(frontend);
      }
    }
  }

  private void count(Set<String> pods, int by) {
    for (String pod : pods) {
      int count = localPods.getOrDefault(pod, 0) + by;
      if (count == 0) {
        localPods.remove(pod);
      } else {
        localPods.put(pod, count);
      }
      touchedPods.add(pod);
    }
  }

  /// What may have become different since the last call. It may name what is as before.
  public RulesChange takeChange() {
    Map<Frontend, Rule> put = new HashMap<>();
    Set<Frontend> removed = new HashSet<>();
    for (Frontend frontend : touched) {
      NavigableMap<ObjectKey, Rule> owners = claims.get(frontend);
      if (owners == null) {
        removed.add(frontend);
      } else {
        put.put(frontend, owners.firstEntry().getValue());
      }
    }
    Set<String> podsAdded = new HashSet<>(touchedPods);
    podsAdded.removeIf(pod -> !localPods.containsKey(pod));
    Set<String> podsRemoved = new HashSet<>(touchedPods);
    podsRemoved.removeAll(podsAdded);
    touched.clear();
    touchedPods.clear();
    return new RulesChange(put, removed, podsAdded, podsRemoved);
  }

  /// Everything, as of now.
  public DesiredRules all() {
    Map<Frontend, Rule> rules = HashMap.newHashMap(claims.size());
    claims.forEach((frontend, owners) -> rules.put(frontend, owners.firstEntry().getValue()));
    return new DesiredRules(rules, localPods.keySet());
  }

  private Part part(Service service, List<EndpointSlice> slices) {
    Map<Frontend, Rule> rules = new HashMap<>();
    for (IpFamily family : IpFamily.values()) {
      List<EndpointSlice> ofFamily =
          slices.stream().filter(slice -> slice.getAddressType().equals(typeOf(family))).toList();
      add(service, family, ofFamily, rules);
    }
    Set<String> local = new HashSet<>();
    for (EndpointSlice slice : slices) {
      for (Endpoint endpoint : slice.getEndpointsList()) {
        String address = addressOf(endpoint);
        if (address != null && endpoint.getNodeName().equals(node)) {
          local.add(address);
        }
      }
    }
    return new Part(rules, local);
  }

  /// As slices say it.
  private static String typeOf(IpFamily family) {
    return switch (family) {
      case IPV4 -> "IPv4";
      case IPV6 -> "IPv6";
    };
  }

  private static @Nullable String addressOf(Endpoint endpoint) {
    return endpoint.getAddressesCount() == 0 ? null : address(endpoint.getAddresses(0));
  }

  /// An address in the one form that we use; null for what is none, such as "None" or a name.
  private static @Nullable String address(String text) {
    try {
      return text.contains("%") ? null : InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Set<String> addresses(Collection<String> texts, IpFamily family) {
    Set<String> addresses = new TreeSet<>();
    for (String text : texts) {
      String address = address(text);
      if (address != null && IpFamily.of(address) == family) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  private void add(
      Service service, IpFamily family, List<EndpointSlice> slices, Map<Frontend, Rule> rules) {
    ServiceSpec spec = service.getSpec();
    Set<String> inner =
        addresses(
            spec.getClusterIPsCount() > 0 ? spec.getClusterIPsList() : List.of(spec.getClusterIP()),
            family);
    if (inner.isEmpty() || spec.getType().equals("ExternalName")) {
      return; // headless, or nobody's address in this family
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
      for (String address : inner) {
        rules.put(new Frontend.Address(address, protocol, port.getPort()), inside);
      }
      if (port.getNodePort() > 0) {
        rules.put(new Frontend.NodePort(family, protocol, port.getNodePort()), outside);
      }
      for (String address : addresses(outsideAddresses(service), family)) {
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
          String address = addressOf(endpoint);
          if (address != null) {
            candidates.add(candidate(endpoint, address, target.getPort()));
          }
        }
      }
    }
    return candidates;
  }

  private Candidate candidate(Endpoint endpoint, String address, int port) {
    var conditions = endpoint.getConditions();
    // A condition that is not told means yes, for the sake of old writers.
    boolean ready = !conditions.hasReady() || conditions.getReady();
    boolean serving = conditions.hasServing() ? conditions.getServing() : ready;
    return new Candidate(
        new Backend(address, port),
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
