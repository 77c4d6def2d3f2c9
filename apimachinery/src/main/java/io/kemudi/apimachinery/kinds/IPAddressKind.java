package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.networking.v1.IPAddress;
import io.kemudi.kubernetes.networking.v1.ParentReference;
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
    if (errors.isEmpty() && !name.equals(IpAddress.canonical(name))) {
      return List.of("must be in canonical form (\"" + IpAddress.canonical(name) + "\")");
    }
    return errors.list().stream().map(error -> error.detail()).toList();
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
