package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.kubernetes.networking.v1.NetworkPolicy;
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
}
