package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;

/// Where a load balancer can be reached, which Services and Ingresses say alike.
final class LoadBalancerValidation {
  private LoadBalancerValidation() {}

  static void point(String ip, String hostname, FieldPath path, FieldErrors errors) {
    if (!ip.isEmpty()) {
      Checks.ip(ip, path.child("ip"), errors);
    }
    if (!hostname.isEmpty()) {
      Checks.form(hostname, Names::dnsSubdomain, path.child("hostname"), errors);
      if (IpAddress.isV4(hostname) || IpAddress.isV6(hostname)) {
        errors.invalid(path.child("hostname"), hostname, "must be a DNS name, not an IP address");
      }
    }
  }
}
