package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.EndpointAddress;
import io.kemudi.kubernetes.core.v1.EndpointPort;
import io.kemudi.kubernetes.core.v1.EndpointSubset;
import io.kemudi.kubernetes.core.v1.Endpoints;
import java.util.List;

final class EndpointsValidation {
  static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  private EndpointsValidation() {}

  static void validate(Endpoints endpoints, FieldErrors errors) {
    for (int i = 0; i < endpoints.getSubsetsCount(); i++) {
      validate(endpoints.getSubsets(i), FieldPath.of("subsets").index(i), errors);
    }
  }

  private static void validate(EndpointSubset subset, FieldPath path, FieldErrors errors) {
    if (subset.getAddressesCount() == 0 && subset.getNotReadyAddressesCount() == 0) {
      errors.required(path, "must specify `addresses` or `notReadyAddresses`");
    }
    for (int i = 0; i < subset.getAddressesCount(); i++) {
      validate(subset.getAddresses(i), path.child("addresses").index(i), errors);
    }
    for (int i = 0; i < subset.getNotReadyAddressesCount(); i++) {
      validate(subset.getNotReadyAddresses(i), path.child("notReadyAddresses").index(i), errors);
    }
    for (int i = 0; i < subset.getPortsCount(); i++) {
      validate(
          subset.getPorts(i), subset.getPortsCount() > 1, path.child("ports").index(i), errors);
    }
  }

  private static void validate(EndpointAddress address, FieldPath path, FieldErrors errors) {
    Checks.ip(address.getIp(), path.child("ip"), errors);
    if (!address.getHostname().isEmpty()) {
      Checks.form(address.getHostname(), Names::dnsLabel, path.child("hostname"), errors);
    }
    if (address.hasNodeName()) {
      Checks.form(address.getNodeName(), Names::dnsSubdomain, path.child("nodeName"), errors);
    }
    nonSpecial(address.getIp(), path.child("ip"), errors);
  }

  /// Addresses that would lead into the node itself or to everyone.
  static void nonSpecial(String ip, FieldPath path, FieldErrors errors) {
    if (ip.equals("0.0.0.0") || ip.equals("::")) {
      errors.invalid(path, ip, "may not be unspecified (0.0.0.0 or ::)");
    }
    if (IpAddress.isV4(ip) && ip.startsWith("127.") || ip.equals("::1")) {
      errors.invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if (IpAddress.isV4(ip) && ip.startsWith("169.254.") || ip.startsWith("fe80:")) {
      errors.invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if (IpAddress.isV4(ip) && ip.startsWith("224.0.0.") || ip.startsWith("ff02:")) {
      errors.invalid(
          path, ip, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
  }

  private static void validate(
      EndpointPort port, boolean nameRequired, FieldPath path, FieldErrors errors) {
    if (port.getName().isEmpty()) {
      if (nameRequired) {
        errors.required(path.child("name"));
      }
    } else {
      Checks.form(port.getName(), Names::dnsLabel, path.child("name"), errors);
    }
    Checks.port(port.getPort(), path.child("port"), errors);
    if (port.getProtocol().isEmpty()) {
      errors.required(path.child("protocol"));
    } else {
      Checks.oneOf(port.getProtocol(), PROTOCOLS, path.child("protocol"), errors);
    }
  }
}
