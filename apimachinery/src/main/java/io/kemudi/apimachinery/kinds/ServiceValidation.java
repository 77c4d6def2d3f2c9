package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.apimachinery.validation.ObjectMetaValidation;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Services. Whether an address or port is free is the registry's to say.
final class ServiceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> POLICIES = List.of("Cluster", "Local");
  private static final int MAX_AFFINITY_SECONDS = 86_400;

  private final ServiceSpec spec;
  private final FieldErrors errors;
  private final String type;
  private final boolean headless;

  private ServiceValidation(Service service, FieldErrors errors) {
    this.spec = service.getSpec();
    this.errors = errors;
    this.type = spec.getType();
    this.headless = address().equals("None");
  }

  static void validate(Service service, FieldErrors errors) {
    new ServiceValidation(service, errors).validate(ServiceSpec.getDefaultInstance());
  }

  static void validateUpdate(Service service, Service old, FieldErrors errors) {
    ServiceAddresses.of(service.getSpec())
        .validateUpdate(ServiceAddresses.of(old.getSpec()), errors);
    classStays(service.getSpec(), old.getSpec(), errors);
    new ServiceValidation(service, errors).validate(old.getSpec());
  }

  /// Who balances a Service is chosen once, with its type.
  private static void classStays(ServiceSpec spec, ServiceSpec old, FieldErrors errors) {
    boolean stays = spec.getType().equals("LoadBalancer") && old.getType().equals("LoadBalancer");
    boolean same =
        spec.hasLoadBalancerClass() == old.hasLoadBalancerClass()
            && spec.getLoadBalancerClass().equals(old.getLoadBalancerClass());
    if (stays && !same) {
      errors.invalid(
          SPEC.child("loadBalancerClass"),
          spec.hasLoadBalancerClass() ? spec.getLoadBalancerClass() : null,
          "may not change once set");
    }
  }

  static void validateStatus(Service service, FieldErrors errors) {
    FieldPath path = FieldPath.of("status", "loadBalancer").child("ingress");
    var points = service.getStatus().getLoadBalancer().getIngressList();
    for (int i = 0; i < points.size(); i++) {
      var point = points.get(i);
      LoadBalancerValidation.point(point.getIp(), point.getHostname(), path.index(i), errors);
      FieldPath mode = path.index(i).child("ipMode");
      if (!point.getIp().isEmpty() && !point.hasIpMode()) {
        errors.required(mode, "must be specified when `ip` is set");
      } else if (point.getIp().isEmpty() && point.hasIpMode()) {
        errors.forbidden(mode, "may not be specified when `ip` is not set");
      } else if (point.hasIpMode()) {
        Checks.oneOf(point.getIpMode(), List.of("Proxy", "VIP"), mode, errors);
      }
    }
  }

  private String address() {
    return spec.getClusterIPsCount() > 0 ? spec.getClusterIPs(0) : spec.getClusterIP();
  }

  /// @param old what the Service was before; the empty spec for a new one
  private void validate(ServiceSpec old) {
    if (spec.getPortsCount() == 0 && !headless && !type.equals("ExternalName")) {
      errors.required(SPEC.child("ports"));
    }
    byType();
    boolean namesRequired = spec.getPortsCount() > 1;
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.getPortsCount(); i++) {
      port(spec.getPorts(i), namesRequired, names, SPEC.child("ports").index(i));
    }
    ObjectMetaValidation.validateLabels(spec.getSelectorMap(), SPEC.child("selector"), errors);
    affinity();
    ServiceAddresses.of(spec).validate(old.getClusterIPsList(), errors);
    for (int i = 0; i < spec.getExternalIPsCount(); i++) {
      String external = spec.getExternalIPs(i);
      FieldPath place = SPEC.child("externalIPs").index(i);
      int before = errors.size();
      if (!old.getExternalIPsList().contains(external)) {
        Checks.ip(external, place, errors);
      }
      if (errors.size() == before) {
        EndpointsValidation.nonSpecial(external, place, errors);
      }
    }
    if (type.isEmpty()) {
      errors.required(SPEC.child("type"));
    } else {
      Checks.oneOf(type, TYPES, SPEC.child("type"), errors);
    }
    uniquePorts();
    loadBalancer();
    trafficPolicies();
    if (spec.hasTrafficDistribution()) {
      Checks.oneOf(
          spec.getTrafficDistribution(),
          List.of("PreferClose", "PreferSameNode", "PreferSameZone"),
          SPEC.child("trafficDistribution"),
          errors);
    }
  }

  private void byType() {
    switch (type) {
      case "LoadBalancer" -> {
        if (headless) {
          errors.invalid(
              SPEC.child("clusterIPs").index(0),
              "None",
              "may not be set to 'None' for LoadBalancer services");
        }
      }
      case "NodePort" -> {
        if (headless) {
          errors.invalid(
              SPEC.child("clusterIPs").index(0),
              "None",
              "may not be set to 'None' for NodePort services");
        }
      }
      case "ExternalName" -> {
        if (!address().isEmpty()) {
          errors.forbidden(SPEC.child("clusterIPs"), "may not be set for ExternalName services");
        }
        if (spec.getIpFamiliesCount() > 0) {
          errors.forbidden(SPEC.child("ipFamilies"), "may not be set for ExternalName services");
        }
        if (spec.hasIpFamilyPolicy()) {
          errors.forbidden(
              SPEC.child("ipFamilyPolicy"), "may not be set for ExternalName services");
        }
        String name =
            spec.getExternalName().endsWith(".")
                ? spec.getExternalName().substring(0, spec.getExternalName().length() - 1)
                : spec.getExternalName();
        if (name.isEmpty()) {
          errors.required(SPEC.child("externalName"));
        } else {
          Checks.form(name, Names::dnsSubdomain, SPEC.child("externalName"), errors);
        }
      }
      default -> {}
    }
  }

  private void port(ServicePort port, boolean nameRequired, Set<String> names, FieldPath path) {
    if (port.getName().isEmpty()) {
      if (nameRequired) {
        errors.required(path.child("name"));
      }
    } else {
      Checks.form(port.getName(), Names::dnsLabel, path.child("name"), errors);
      if (!names.add(port.getName())) {
        errors.duplicate(path.child("name"), port.getName());
      }
    }
    Checks.port(port.getPort(), path.child("port"), errors);
    if (port.getProtocol().isEmpty()) {
      errors.required(path.child("protocol"));
    } else {
      Checks.oneOf(
          port.getProtocol(), ContainerValidation.PROTOCOLS, path.child("protocol"), errors);
    }
    ProbeValidation.portNumberOrName(port.getTargetPort(), path.child("targetPort"), errors);
    if (port.hasAppProtocol()) {
      Checks.form(port.getAppProtocol(), Names::qualified, path.child("appProtocol"), errors);
    }
    if (port.getNodePort() != 0 && type.equals("ClusterIP")) {
      errors.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
  }

  private void affinity() {
    String affinity = spec.getSessionAffinity();
    if (affinity.isEmpty()) {
      errors.required(SPEC.child("sessionAffinity"));
      return;
    }
    Checks.oneOf(affinity, List.of("ClientIP", "None"), SPEC.child("sessionAffinity"), errors);
    if (affinity.equals("ClientIP")) {
      int seconds = spec.getSessionAffinityConfig().getClientIP().getTimeoutSeconds();
      if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
        errors.invalid(
            SPEC.child("sessionAffinityConfig").child("clientIP", "timeoutSeconds"),
            seconds,
            "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
      }
    } else if (affinity.equals("None") && spec.hasSessionAffinityConfig()) {
      errors.forbidden(
          SPEC.child("sessionAffinityConfig"), "must not be set when session affinity is None");
    }
  }

  private void uniquePorts() {
    Set<String> ports = new HashSet<>();
    Set<String> nodePorts = new HashSet<>();
    for (int i = 0; i < spec.getPortsCount(); i++) {
      ServicePort port = spec.getPorts(i);
      FieldPath path = SPEC.child("ports").index(i);
      if (!ports.add(port.getProtocol() + "/" + port.getPort())) {
        errors.duplicate(path, shown(port));
      }
      if (port.getNodePort() != 0
          && !nodePorts.add(port.getProtocol() + "/" + port.getNodePort())) {
        errors.duplicate(path.child("nodePort"), port.getNodePort());
      }
    }
  }

  /// As upstream's error prints the struct: of the port only what clashes.
  private static Map<String, @Nullable Object> shown(ServicePort port) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("Name", "");
    shown.put("Protocol", port.getProtocol());
    shown.put("AppProtocol", null);
    shown.put("Port", port.getPort());
    shown.put("TargetPort", 0);
    shown.put("NodePort", 0);
    return shown;
  }

  private void loadBalancer() {
    boolean balanced = type.equals("LoadBalancer");
    String only = "may only be used when `type` is 'LoadBalancer'";
    FieldPath ranges = SPEC.child("LoadBalancerSourceRanges");
    if (spec.getLoadBalancerSourceRangesCount() > 0) {
      if (!balanced) {
        errors.forbidden(ranges, only);
      }
      for (int i = 0; i < spec.getLoadBalancerSourceRangesCount(); i++) {
        Checks.cidr(spec.getLoadBalancerSourceRanges(i).strip(), ranges.index(i), errors);
      }
    }
    if (spec.hasAllocateLoadBalancerNodePorts() && !balanced) {
      errors.forbidden(SPEC.child("allocateLoadBalancerNodePorts"), only);
    }
    if (balanced && !spec.hasAllocateLoadBalancerNodePorts()) {
      errors.required(SPEC.child("allocateLoadBalancerNodePorts"));
    }
    if (spec.hasLoadBalancerClass()) {
      if (!balanced) {
        errors.forbidden(SPEC.child("loadBalancerClass"), only);
      } else {
        Checks.form(
            spec.getLoadBalancerClass(), Names::qualified, SPEC.child("loadBalancerClass"), errors);
      }
    }
  }

  private void trafficPolicies() {
    String external = spec.getExternalTrafficPolicy();
    boolean accessible =
        type.equals("NodePort")
            || type.equals("LoadBalancer")
            || type.equals("ClusterIP") && spec.getExternalIPsCount() > 0;
    FieldPath path = SPEC.child("externalTrafficPolicy");
    if (!external.isEmpty() && !accessible) {
      errors.invalid(path, external, "may only be set for externally-accessible services");
    } else if (!external.isEmpty()) {
      Checks.oneOf(external, POLICIES, path, errors);
    } else if (accessible) {
      errors.required(path);
    }
    int health = spec.getHealthCheckNodePort();
    boolean needsHealth = type.equals("LoadBalancer") && external.equals("Local");
    if (health != 0 && !needsHealth) {
      errors.invalid(
          SPEC.child("healthCheckNodePort"),
          health,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
    } else if (health < 0) {
      errors.invalid(SPEC.child("healthCheckNodePort"), health, "must be between 0 and 65535");
    }
    if (spec.hasInternalTrafficPolicy()) {
      Checks.oneOf(
          spec.getInternalTrafficPolicy(), POLICIES, SPEC.child("internalTrafficPolicy"), errors);
    } else if (!type.equals("ExternalName") && !type.isEmpty() && TYPES.contains(type)) {
      errors.required(SPEC.child("internalTrafficPolicy"));
    }
  }
}
