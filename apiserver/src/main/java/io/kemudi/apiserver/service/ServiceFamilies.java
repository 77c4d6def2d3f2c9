package io.kemudi.apiserver.service;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.kinds.ServiceAddresses;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Of which address families a Service is. This cluster has IPv4 alone: who asks for more than it
/// has is refused, who would merely prefer it gets what there is.
final class ServiceFamilies {
  private static final String OURS = "IPv4";
  private static final FieldPath SPEC = FieldPath.of("spec");

  private ServiceFamilies() {}

  /// Fills in families and policy, or adds why they cannot be.
  static void fill(
      Map<String, @Nullable Object> spec,
      @Nullable Map<String, @Nullable Object> oldSpec,
      FieldErrors errors) {
    ServiceAddresses asked =
        new ServiceAddresses(
            Trees.string(spec, "type"),
            Trees.string(spec, "clusterIP"),
            texts(spec, "clusterIPs"),
            texts(spec, "ipFamilies"),
            spec.get("ipFamilyPolicy") instanceof String policy ? policy : null);
    asked.validate(oldSpec == null ? List.of() : texts(oldSpec, "clusterIPs"), errors);
    if (!errors.isEmpty()) {
      return;
    }
    List<String> families = new ArrayList<>(asked.families());
    infer(asked, families, errors);
    policyFits(asked, families, errors);
    // Whose endpoints somebody else writes, and no address leads there: it can be of any family.
    boolean anyFamily = asked.isHeadless() && !hasSelector(spec);
    if (errors.isEmpty() && !anyFamily) {
      configured(asked, families, errors);
    }
    if (families.isEmpty()) {
      families.add(OURS);
    }
    String policy =
        asked.policy() != null ? asked.policy() : anyFamily ? "RequireDualStack" : "SingleStack";
    if (anyFamily && families.size() == 1 && !policy.equals("SingleStack")) {
      families.add(families.getFirst().equals(OURS) ? "IPv6" : OURS);
    }
    spec.put("ipFamilies", new ArrayList<Object>(families));
    spec.put("ipFamilyPolicy", policy);
  }

  private static List<String> texts(Map<String, @Nullable Object> spec, String field) {
    return spec.get(field) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static boolean hasSelector(Map<String, @Nullable Object> spec) {
    return spec.get("selector") instanceof Map<?, ?> selector && !selector.isEmpty();
  }

  /// An address tells its family.
  private static void infer(ServiceAddresses asked, List<String> families, FieldErrors errors) {
    for (int i = families.size(); i < asked.clusterIPs().size(); i++) {
      String address = asked.clusterIPs().get(i);
      if (address.equals("None")) {
        return;
      }
      if (IpAddress.isV6(address)) {
        errors.invalid(
            SPEC.child("clusterIPs").index(i),
            asked.clusterIPs(),
            "IPv6 is not configured on this cluster");
      } else {
        families.add(OURS);
      }
    }
  }

  private static void policyFits(
      ServiceAddresses asked, List<String> families, FieldErrors errors) {
    if (asked.policy() != null && !asked.policy().equals("SingleStack")) {
      return;
    }
    FieldPath path = SPEC.child("ipFamilyPolicy");
    String must = "must be RequireDualStack or PreferDualStack when multiple ";
    if (asked.clusterIPs().size() == 2) {
      errors.invalid(path, asked.policy(), must + "clusterIPs are specified");
    }
    if (families.size() == 2) {
      errors.invalid(path, asked.policy(), must + "ipFamilies are specified");
    }
  }

  private static void configured(
      ServiceAddresses asked, List<String> families, FieldErrors errors) {
    if ("RequireDualStack".equals(asked.policy())) {
      errors.invalid(
          SPEC.child("ipFamilyPolicy"),
          asked.policy(),
          "this cluster is not configured for dual-stack services");
    }
    for (int i = 0; i < families.size(); i++) {
      if (!families.get(i).equals(OURS)) {
        errors.invalid(
            SPEC.child("ipFamilies").index(i), families.get(i), "not configured on this cluster");
      }
    }
  }
}
