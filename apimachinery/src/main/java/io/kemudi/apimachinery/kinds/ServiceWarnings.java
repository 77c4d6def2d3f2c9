package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/// What a Service may say without effect, or no longer should.
final class ServiceWarnings {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String OLD_HINTS = "service.kubernetes.io/topology-aware-hints";

  private ServiceWarnings() {}

  static List<String> of(Service service) {
    List<String> warnings = new ArrayList<>();
    ServiceSpec spec = service.getSpec();
    if (service.getMetadata().containsAnnotations(OLD_HINTS)) {
      warnings.add(
          "annotation "
              + OLD_HINTS
              + " is deprecated, please use service.kubernetes.io/topology-mode instead");
    }
    boolean named = spec.getType().equals("ExternalName");
    boolean headless = ServiceAddresses.of(spec).isHeadless();
    if (!headless && !named) {
      AddressWarnings.ofAll(spec.getClusterIPsList(), SPEC.child("clusterIPs"), warnings);
    }
    boolean external = spec.getExternalIPsCount() > 0;
    if (headless) {
      if (!spec.getLoadBalancerIP().isEmpty()) {
        warnings.add("spec.loadBalancerIP is ignored for headless services");
      }
      if (external) {
        warnings.add("spec.externalIPs is ignored for headless services");
      }
      if (!spec.getSessionAffinity().equals("None")) {
        warnings.add("spec.SessionAffinity is ignored for headless services");
      }
    }
    AddressWarnings.ofAll(spec.getExternalIPsList(), SPEC.child("externalIPs"), warnings);
    if (external && !headless && !named) {
      warnings.add(
          "spec.externalIPs is deprecated and may no longer be implemented in some clusters");
    }
    if (!spec.getLoadBalancerIP().isEmpty()) {
      AddressWarnings.of(spec.getLoadBalancerIP(), SPEC.child("loadBalancerIP"), warnings);
    }
    for (int i = 0; i < spec.getLoadBalancerSourceRangesCount(); i++) {
      AddressWarnings.ofRange(
          spec.getLoadBalancerSourceRanges(i),
          SPEC.child("loadBalancerSourceRanges").index(i),
          warnings);
    }
    if (named && external) {
      warnings.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    }
    if (!named && !spec.getExternalName().isEmpty()) {
      warnings.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
    }
    if (spec.getTrafficDistribution().equals("PreferClose")) {
      warnings.add(
          "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
    }
    return warnings;
  }
}
