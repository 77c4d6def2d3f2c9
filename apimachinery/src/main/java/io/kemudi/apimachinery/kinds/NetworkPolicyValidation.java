package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.Cidr;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.LabelSelectorValidation;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.networking.v1.IPBlock;
import io.kemudi.kubernetes.networking.v1.NetworkPolicy;
import io.kemudi.kubernetes.networking.v1.NetworkPolicyPeer;
import io.kemudi.kubernetes.networking.v1.NetworkPolicyPort;
import io.kemudi.kubernetes.networking.v1.NetworkPolicySpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

final class NetworkPolicyValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> TYPES = List.of("Ingress", "Egress");

  private final FieldErrors errors;

  /// Ranges that were let in once and may stay, however they are written.
  private final Set<String> known;

  private NetworkPolicyValidation(Set<String> known, FieldErrors errors) {
    this.known = known;
    this.errors = errors;
  }

  static void validate(NetworkPolicy policy, FieldErrors errors) {
    new NetworkPolicyValidation(Set.of(), errors).validate(policy.getSpec());
  }

  static void validateUpdate(NetworkPolicy policy, NetworkPolicy old, FieldErrors errors) {
    Set<String> known = new HashSet<>();
    blocks(old.getSpec())
        .forEach(block -> {
          known.add(block.getCidr());
          known.addAll(block.getExceptList());
        });
    new NetworkPolicyValidation(known, errors).validate(policy.getSpec());
  }

  /// Every range of addresses that a policy names.
  static Stream<IPBlock> blocks(NetworkPolicySpec spec) {
    return Stream.concat(
            spec.getIngressList().stream().flatMap(rule -> rule.getFromList().stream()),
            spec.getEgressList().stream().flatMap(rule -> rule.getToList().stream()))
        .filter(NetworkPolicyPeer::hasIpBlock)
        .map(NetworkPolicyPeer::getIpBlock);
  }

  private void validate(NetworkPolicySpec spec) {
    LabelSelectorValidation.validate(spec.getPodSelector(), SPEC.child("podSelector"), errors);
    for (int i = 0; i < spec.getIngressCount(); i++) {
      FieldPath path = SPEC.child("ingress").index(i);
      rule(spec.getIngress(i).getPortsList(), spec.getIngress(i).getFromList(), "from", path);
    }
    for (int i = 0; i < spec.getEgressCount(); i++) {
      FieldPath path = SPEC.child("egress").index(i);
      rule(spec.getEgress(i).getPortsList(), spec.getEgress(i).getToList(), "to", path);
    }
    FieldPath types = SPEC.child("policyTypes");
    if (spec.getPolicyTypesCount() > TYPES.size()) {
      errors.invalid(types, spec.getPolicyTypesList(), "may not specify more than two policyTypes");
      return;
    }
    for (int i = 0; i < spec.getPolicyTypesCount(); i++) {
      Checks.oneOf(spec.getPolicyTypes(i), TYPES, types.index(i), errors);
    }
  }

  private void rule(
      List<NetworkPolicyPort> ports,
      List<NetworkPolicyPeer> peers,
      String peersField,
      FieldPath path) {
    for (int i = 0; i < ports.size(); i++) {
      port(ports.get(i), path.child("ports").index(i));
    }
    for (int i = 0; i < peers.size(); i++) {
      peer(peers.get(i), path.child(peersField).index(i));
    }
  }

  private void port(NetworkPolicyPort port, FieldPath path) {
    if (port.hasProtocol()) {
      Checks.oneOf(
          port.getProtocol(), List.of("TCP", "UDP", "SCTP"), path.child("protocol"), errors);
    }
    FieldPath end = path.child("endPort");
    if (!port.hasPort()) {
      if (port.hasEndPort()) {
        errors.invalid(end, port.getEndPort(), "may not be specified when `port` is not specified");
      }
    } else if (port.getPort().getType() != 0) {
      if (port.hasEndPort()) {
        errors.invalid(end, port.getEndPort(), "may not be specified when `port` is non-numeric");
      }
      Checks.form(port.getPort().getStrVal(), Names::portName, path.child("port"), errors);
    } else {
      int start = port.getPort().getIntVal();
      Checks.port(start, path.child("port"), errors);
      if (port.hasEndPort()) {
        if (port.getEndPort() < start) {
          // Upstream shows the start here.
          errors.invalid(end, start, "must be greater than or equal to `port`");
        }
        Checks.port(port.getEndPort(), end, errors);
      }
    }
  }

  private void peer(NetworkPolicyPeer peer, FieldPath path) {
    if (peer.hasPodSelector()) {
      LabelSelectorValidation.validate(peer.getPodSelector(), path.child("podSelector"), errors);
    }
    if (peer.hasNamespaceSelector()) {
      LabelSelectorValidation.validate(
          peer.getNamespaceSelector(), path.child("namespaceSelector"), errors);
    }
    if (peer.hasIpBlock()) {
      block(peer.getIpBlock(), path.child("ipBlock"));
    }
    boolean selects = peer.hasPodSelector() || peer.hasNamespaceSelector();
    if (!selects && !peer.hasIpBlock()) {
      errors.required(path, "must specify a peer");
    } else if (selects && peer.hasIpBlock()) {
      errors.forbidden(path, "may not specify both ipBlock and another peer");
    }
  }

  private void block(IPBlock block, FieldPath path) {
    if (block.getCidr().isEmpty()) {
      errors.required(path.child("cidr"));
      return;
    }
    Optional<Cidr> whole = range(block.getCidr(), path.child("cidr"));
    if (whole.isEmpty()) {
      return;
    }
    for (int i = 0; i < block.getExceptCount(); i++) {
      String except = block.getExcept(i);
      FieldPath place = path.child("except").index(i);
      range(except, place)
          .filter(part -> !whole.get().strictlyContains(part))
          .ifPresent(_ -> errors.invalid(place, except, "must be a strict subset of `cidr`"));
    }
  }

  private Optional<Cidr> range(String text, FieldPath path) {
    if (!known.contains(text)) {
      Checks.cidr(text, path, errors);
    }
    return Cidr.parse(text);
  }
}
