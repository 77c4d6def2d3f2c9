package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class EndpointSliceValidation {
  private static final int MAX_ENDPOINTS = 1000;
  private static final int MAX_ADDRESSES = 100;
  private static final int MAX_PORTS = 20_000;
  private static final List<String> ADDRESS_TYPES = List.of("FQDN", "IPv4", "IPv6");

  private EndpointSliceValidation() {}

  static void validate(EndpointSlice slice, FieldErrors errors) {
    String type = slice.getAddressType();
    if (type.isEmpty()) {
      errors.required(FieldPath.of("addressType"));
    } else {
      Checks.oneOf(type, ADDRESS_TYPES, FieldPath.of("addressType"), errors);
    }
    validatePorts(slice.getPortsList(), errors);
    FieldPath path = FieldPath.of("endpoints");
    if (slice.getEndpointsCount() > MAX_ENDPOINTS) {
      errors.tooMany(path, slice.getEndpointsCount(), MAX_ENDPOINTS);
      return;
    }
    for (int i = 0; i < slice.getEndpointsCount(); i++) {
      validateEndpoint(slice.getEndpoints(i), type, path.index(i), errors);
    }
  }

  static void validateUpdate(EndpointSlice slice, EndpointSlice old, FieldErrors errors) {
    if (!slice.getAddressType().equals(old.getAddressType())) {
      errors.invalid(FieldPath.of("addressType"), slice.getAddressType(), "field is immutable");
    }
    validate(slice, errors);
  }

  private static void validateEndpoint(
      Endpoint endpoint, String type, FieldPath path, FieldErrors errors) {
    FieldPath addresses = path.child("addresses");
    if (endpoint.getAddressesCount() == 0) {
      errors.required(addresses, "must contain at least 1 address");
    } else if (endpoint.getAddressesCount() > MAX_ADDRESSES) {
      errors.tooMany(addresses, endpoint.getAddressesCount(), MAX_ADDRESSES);
    }
    for (int i = 0; i < endpoint.getAddressesCount(); i++) {
      String address = endpoint.getAddresses(i);
      switch (type) {
        case "IPv4", "IPv6" -> {
          boolean right = type.equals("IPv4") ? IpAddress.isV4(address) : IpAddress.isV6(address);
          if (!right) {
            errors.invalid(addresses, address, "must be an " + type + " address");
          }
          EndpointsValidation.nonSpecial(address, addresses.index(i), errors);
        }
        case "FQDN" -> Checks.form(address, Names::dnsSubdomain, addresses.index(i), errors);
        default -> {}
      }
    }
    if (endpoint.hasNodeName()) {
      Checks.form(endpoint.getNodeName(), Names::dnsSubdomain, path.child("nodeName"), errors);
    }
    if (endpoint.hasHostname()) {
      Checks.form(endpoint.getHostname(), Names::dnsLabel, path.child("hostname"), errors);
    }
  }

  private static void validatePorts(List<EndpointPort> ports, FieldErrors errors) {
    FieldPath path = FieldPath.of("ports");
    if (ports.size() > MAX_PORTS) {
      errors.tooMany(path, ports.size(), MAX_PORTS);
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      EndpointPort port = ports.get(i);
      FieldPath place = path.index(i);
      if (!port.getName().isEmpty()) {
        Checks.form(port.getName(), Names::dnsLabel, place.child("name"), errors);
      }
      if (!names.add(port.getName())) {
        errors.duplicate(place.child("name"), port.getName());
      }
      if (!port.hasProtocol()) {
        errors.required(place.child("protocol"));
      } else {
        Checks.oneOf(
            port.getProtocol(), EndpointsValidation.PROTOCOLS, place.child("protocol"), errors);
      }
    }
  }
}
