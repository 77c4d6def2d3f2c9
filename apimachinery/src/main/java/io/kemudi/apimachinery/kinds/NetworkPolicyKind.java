package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.networking.v1.NetworkPolicy;
import io.kemudi.kubernetes.networking.v1.NetworkPolicyPeer;
import io.kemudi.kubernetes.networking.v1.NetworkPolicySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class NetworkPolicyKind extends BuiltInKind<NetworkPolicy> {
  private static final ConstantDefaults DEFAULTS =
      new ConstantDefaults(
          "spec.ingress[].ports[].protocol=TCP", "spec.egress[].ports[].protocol=TCP");

  NetworkPolicyKind() {
    super(
        "networking.k8s.io",
        "NetworkPolicy",
        NetworkPolicy.getDefaultInstance(),
        NetworkPolicy::getMetadata,
        true);
  }

  /// A policy is about ingress unless it says otherwise, and about egress when it has rules for it.
  @Override
  public void applyDefaults(Map<String, @Nullable Object> tree) {
    DEFAULTS.apply(tree);
    Map<String, @Nullable Object> spec = Tree.made(tree, "spec");
    if (Tree.list(spec, "policyTypes").isEmpty()) {
      List<Object> types = new ArrayList<>(List.of("Ingress"));
      if (!Tree.list(spec, "egress").isEmpty()) {
        types.add("Egress");
      }
      spec.put("policyTypes", types);
    }
  }

  @Override
  void validate(NetworkPolicy policy, FieldErrors errors) {
    NetworkPolicyValidation.validate(policy, errors);
  }

  @Override
  void validateUpdate(
      NetworkPolicy policy, NetworkPolicy old, String subresource, FieldErrors errors) {
    NetworkPolicyValidation.validateUpdate(policy, old, errors);
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    List<String> warnings = new ArrayList<>();
    NetworkPolicySpec spec = cast(object).getSpec();
    for (int i = 0; i < spec.getIngressCount(); i++) {
      ranges(
          spec.getIngress(i).getFromList(),
          FieldPath.of("spec", "ingress").index(i).child("from"),
          warnings);
    }
    for (int i = 0; i < spec.getEgressCount(); i++) {
      ranges(
          spec.getEgress(i).getToList(),
          FieldPath.of("spec", "egress").index(i).child("to"),
          warnings);
    }
    return warnings;
  }

  private static void ranges(List<NetworkPolicyPeer> peers, FieldPath path, List<String> warnings) {
    for (int i = 0; i < peers.size(); i++) {
      FieldPath block = path.index(i).child("ipBlock");
      AddressWarnings.ofRange(peers.get(i).getIpBlock().getCidr(), block.child("cidr"), warnings);
      var except = peers.get(i).getIpBlock().getExceptList();
      for (int j = 0; j < except.size(); j++) {
        AddressWarnings.ofRange(except.get(j), block.child("except").index(j), warnings);
      }
    }
  }
}
