package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.Cidr;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.networking.v1.ServiceCIDR;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// ServiceCIDR: a range of addresses for Services, or one of each family. Only a second family can
/// be added later.
final class ServiceCIDRKind extends BuiltInKind<ServiceCIDR> {
  private static final FieldPath RANGES = FieldPath.of("spec", "cidrs");
  private static final String IMMUTABLE = "field is immutable";

  ServiceCIDRKind() {
    super(
        "networking.k8s.io",
        "ServiceCIDR",
        ServiceCIDR.getDefaultInstance(),
        ServiceCIDR::getMetadata);
  }

  @Override
  void validate(ServiceCIDR object, FieldErrors errors) {
    List<String> ranges = object.getSpec().getCidrsList();
    if (ranges.isEmpty()) {
      errors.required(RANGES, "at least one CIDR required");
      return;
    }
    if (ranges.size() > 2) {
      errors.invalid(RANGES, Map.of("CIDRs", ranges), "may only hold up to 2 values");
      return;
    }
    for (int i = 0; i < ranges.size(); i++) {
      Checks.cidr(ranges.get(i), RANGES.index(i), errors);
    }
    if (ranges.size() == 2) {
      Optional<Boolean> first = Cidr.parse(ranges.getFirst()).map(Cidr::isV6);
      if (first.isPresent() && first.equals(Cidr.parse(ranges.getLast()).map(Cidr::isV6))) {
        errors.invalid(
            RANGES,
            ranges,
            "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and"
                + " 2001:db8::/64");
      }
    }
  }

  @Override
  void validateUpdate(ServiceCIDR object, ServiceCIDR old, String subresource, FieldErrors errors) {
    if (subresource.equals("status")) {
      return;
    }
    List<String> now = object.getSpec().getCidrsList();
    List<String> before = old.getSpec().getCidrsList();
    boolean secondFamily = before.size() == 1 && now.size() == 2;
    if (now.size() != before.size() && !secondFamily) {
      errors.invalid(RANGES, now, IMMUTABLE);
      return;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!now.get(i).equals(before.get(i))) {
        errors.invalid(RANGES.index(i), now.get(i), IMMUTABLE);
      }
    }
    if (secondFamily) {
      validate(object, errors);
    }
  }
}
