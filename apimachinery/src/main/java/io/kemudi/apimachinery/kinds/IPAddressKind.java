package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.networking.v1.IPAddress;
import io.kemudi.kubernetes.networking.v1.ParentReference;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// IPAddress: an address of a Service, which is its name, and whose it is.
final class IPAddressKind extends BuiltInKind<IPAddress> {
  private static final FieldPath PARENT = FieldPath.of("spec", "parentRef");

  IPAddressKind() {
    super("networking.k8s.io", "IPAddress", IPAddress.getDefaultInstance(), IPAddress::getMetadata);
  }

  /// An address has one name only: the canonical form.
  @Override
  List<String> wrongName(String name) {
    FieldErrors errors = new FieldErrors();
    Checks.ip(name, PARENT, errors);
    if (errors.isEmpty() && !name.equals(canonical(name))) {
      return List.of("must be in canonical form (\"" + canonical(name) + "\")");
    }
    return errors.list().stream().map(error -> error.detail()).toList();
  }

  /// The text of RFC 5952, section 4: lower case, the longest run of zeros left out.
  private static String canonical(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    if (bytes.length == 4) {
      return address;
    }
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int from = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        from = i;
        length = end - i;
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (i == from) {
        out.append("::");
        i += length - 1;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(groups[i]));
    }
    return out.toString();
  }

  @Override
  void validate(IPAddress address, FieldErrors errors) {
    if (!address.getSpec().hasParentRef()) {
      errors.required(PARENT);
      return;
    }
    ParentReference parent = address.getSpec().getParentRef();
    if (!parent.getGroup().isEmpty()) {
      Checks.form(parent.getGroup(), Names::dnsSubdomain, PARENT.child("group"), errors);
    }
    Checks.requiredForm(parent.getResource(), Names::pathSegment, PARENT.child("resource"), errors);
    Checks.requiredForm(parent.getName(), Names::pathSegment, PARENT.child("name"), errors);
    Checks.form(parent.getNamespace(), Names::pathSegment, PARENT.child("namespace"), errors);
  }

  @Override
  void validateUpdate(IPAddress address, IPAddress old, String subresource, FieldErrors errors) {
    if (!address.getSpec().equals(old.getSpec())) {
      errors.invalid(
          PARENT,
          address.getSpec().hasParentRef() ? shown(address.getSpec().getParentRef()) : null,
          "field is immutable");
    }
  }

  /// As upstream's error prints the struct.
  private static Map<String, String> shown(ParentReference parent) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("Group", parent.getGroup());
    shown.put("Resource", parent.getResource());
    shown.put("Namespace", parent.getNamespace());
    shown.put("Name", parent.getName());
    return shown;
  }
}
