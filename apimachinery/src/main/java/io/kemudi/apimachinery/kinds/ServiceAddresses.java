package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.IpAddress;
import io.kemudi.kubernetes.core.v1.ServiceSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a Service says of its own addresses. They must agree with each other before any is
/// allocated, which is why allocation asks here too, ahead of all other rules.
///
/// @param policy `SingleStack`, `PreferDualStack`, `RequireDualStack`, or null when not said
public record ServiceAddresses(
    String type,
    String clusterIP,
    List<String> clusterIPs,
    List<String> families,
    @Nullable String policy) {
  static final FieldPath ADDRESSES = FieldPath.of("spec", "clusterIPs");
  static final FieldPath FAMILIES = FieldPath.of("spec", "ipFamilies");
  static final FieldPath POLICY = FieldPath.of("spec", "ipFamilyPolicy");
  private static final String FIXED = "may not change once set";

  static ServiceAddresses of(ServiceSpec spec) {
    return new ServiceAddresses(
        spec.getType(),
        spec.getClusterIP(),
        spec.getClusterIPsList(),
        spec.getIpFamiliesList(),
        spec.hasIpFamilyPolicy() ? spec.getIpFamilyPolicy() : null);
  }

  private boolean hasNone() {
    return type.equals("ExternalName");
  }

  public boolean isHeadless() {
    return type.equals("ClusterIP") && clusterIP.equals("None");
  }

  /// Adds what does not agree.
  ///
  /// @param known addresses that were let in once and are not looked at again
  public void validate(List<String> known, FieldErrors errors) {
    if (hasNone()) {
      return;
    }
    FieldErrors wrong = new FieldErrors();
    firstIsTheOne(wrong);
    familiesAndPolicy(wrong);
    boolean wellFormed = forms(known, wrong);
    if (clusterIPs.size() > 2) {
      wrong.invalid(ADDRESSES, clusterIPs, "may only hold up to 2 values");
    }
    if (wellFormed) {
      oneOfEachFamily(wrong);
    }
    errors.addAll(wrong);
  }

  private void firstIsTheOne(FieldErrors errors) {
    if (clusterIP.isEmpty()) {
      if (!clusterIPs.isEmpty()) {
        errors.invalid(ADDRESSES, clusterIPs, "must be empty when `clusterIP` is not specified");
      }
    } else if (clusterIPs.isEmpty()) {
      errors.required(ADDRESSES);
    } else if (!clusterIP.equals(clusterIPs.getFirst())) {
      errors.invalid(ADDRESSES, clusterIPs, "first value must match `clusterIP`");
    }
  }

  private void familiesAndPolicy(FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < families.size(); i++) {
      Checks.oneOf(families.get(i), List.of("IPv4", "IPv6"), FAMILIES.index(i), errors);
      if (!seen.add(families.get(i))) {
        errors.duplicate(FAMILIES.index(i), families.get(i));
      }
    }
    if (policy != null) {
      Checks.oneOf(
          policy, List.of("PreferDualStack", "RequireDualStack", "SingleStack"), POLICY, errors);
    }
  }

  private boolean forms(List<String> known, FieldErrors errors) {
    boolean right = true;
    for (int i = 0; i < clusterIPs.size(); i++) {
      int before = errors.size();
      if (i == 0 && clusterIPs.getFirst().equals("None")) {
        if (clusterIPs.size() > 1) {
          errors.invalid(ADDRESSES, clusterIPs, "'None' must be the first and only value");
        }
      } else if (!known.contains(clusterIPs.get(i))) {
        Checks.ip(clusterIPs.get(i), ADDRESSES.index(i), errors);
      }
      right &= errors.size() == before;
    }
    return right;
  }

  private void oneOfEachFamily(FieldErrors errors) {
    long v6 = clusterIPs.stream().filter(IpAddress::isV6).count();
    if (clusterIPs.size() > 1 && (clusterIPs.size() > 2 || v6 != 1)) {
      errors.invalid(ADDRESSES, clusterIPs, "may specify no more than one IP for each IP family");
    }
    if (isHeadless() || !errors.isEmpty()) {
      return;
    }
    for (int i = 0; i < Math.min(clusterIPs.size(), families.size()); i++) {
      String family = families.get(i);
      if (IpAddress.isV6(clusterIPs.get(i)) != family.equals("IPv6")) {
        errors.invalid(
            ADDRESSES.index(i),
            clusterIPs.get(i),
            "expected an " + family + " value as indicated by `ipFamilies[" + i + "]`");
      }
    }
  }

  /// A second address or family can come and go; the first stays as long as there is one.
  void validateUpdate(ServiceAddresses old, FieldErrors errors) {
    if (hasNone() || old.hasNone()) {
      return;
    }
    if (!isHeadless() || !old.isHeadless()) {
      stays(clusterIPs, old.clusterIPs, "clusterIP", ADDRESSES, errors);
    }
    if (isHeadless() == old.isHeadless()) {
      stays(families, old.families, "ipFamily", FAMILIES, errors);
    }
  }

  private void stays(
      List<String> now, List<String> before, String what, FieldPath path, FieldErrors errors) {
    if (now.size() == before.size()) {
      for (int i = 0; i < now.size(); i++) {
        if (!now.get(i).equals(before.get(i))) {
          errors.invalid(path.index(i), now, FIXED);
        }
      }
      return;
    }
    if (now.isEmpty()) {
      errors.invalid(path.index(0), now, "primary " + what + " can not be unset");
    } else if (!before.isEmpty() && !now.getFirst().equals(before.getFirst())) {
      errors.invalid(path.index(0), now, FIXED);
    }
    if (now.size() == 1 && before.size() > 1 && !"SingleStack".equals(policy)) {
      errors.invalid(
          POLICY, policy, "must be set to 'SingleStack' when releasing the secondary " + what);
    }
  }
}
