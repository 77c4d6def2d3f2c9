package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import java.util.List;

/// IPv6 addresses and ranges that are not in the one form that everybody compares by (RFC 5952).
final class AddressWarnings {
  private AddressWarnings() {}

  static void of(String address, FieldPath path, List<String> warnings) {
    if (IpAddress.isV6(address) && !address.equals(IpAddress.canonical(address))) {
      warnings.add(
          "%s: IPv6 address \"%s\" should be in RFC 5952 canonical format (\"%s\")"
              .formatted(path, address, IpAddress.canonical(address)));
    }
  }

  static void ofAll(List<String> addresses, FieldPath path, List<String> warnings) {
    for (int i = 0; i < addresses.size(); i++) {
      of(addresses.get(i), path.index(i), warnings);
    }
  }

  static void ofRange(String range, FieldPath path, List<String> warnings) {
    int slash = range.indexOf('/');
    if (slash < 0 || !IpAddress.isV6(range.substring(0, slash))) {
      return;
    }
    String canonical = IpAddress.canonical(range.substring(0, slash)) + range.substring(slash);
    if (!range.equals(canonical)) {
      warnings.add(
          "%s: IPv6 CIDR value \"%s\" should be in RFC 5952 canonical format (\"%s\")"
              .formatted(path, range, canonical));
    }
  }
}
