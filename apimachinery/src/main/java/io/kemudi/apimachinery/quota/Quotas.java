package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.ResourceQuotaSpec;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The arithmetic of quotas: which object is charged, and what is left.
public final class Quotas {
  private Quotas() {}

  /// Whether the object is in all scopes of the quota.
  public static boolean inScope(ResourceQuotaSpec spec, QuotaItem item) {
    return scopes(spec).stream().allMatch(item::matches);
  }

  private static List<ScopedResourceSelectorRequirement> scopes(ResourceQuotaSpec spec) {
    List<ScopedResourceSelectorRequirement> scopes = new ArrayList<>();
    for (String scope : spec.getScopesList()) {
      scopes.add(
          ScopedResourceSelectorRequirement.newBuilder()
              .setScopeName(scope)
              .setOperator("Exists")
              .build());
    }
    scopes.addAll(spec.getScopeSelector().getMatchExpressionsList());
    return scopes;
  }

  /// What of `amounts` has one of the names.
  public static Map<String, Quantity> only(
      Map<String, Quantity> amounts, Collection<String> names) {
    Map<String, Quantity> kept = new TreeMap<>(amounts);
    kept.keySet().retainAll(names);
    return kept;
  }

  /// By how much `after` is more than `before`, never less than nothing. Names without a difference
  /// are left out.
  public static Map<String, Quantity> growth(
      Map<String, Quantity> before, Map<String, Quantity> after) {
    Map<String, Quantity> growth = new TreeMap<>();
    after.forEach((name, amount) -> {
      Quantity had = before.get(name);
      Quantity more = had == null ? amount : amount.minus(had);
      if (more.signum() > 0) {
        growth.put(name, more);
      }
    });
    return growth;
  }

  /// The names of which `used` is more than `hard` allows.
  public static List<String> exceeded(Map<String, Quantity> used, Map<String, Quantity> hard) {
    List<String> names = new ArrayList<>();
    used.forEach((name, amount) -> {
      Quantity limit = hard.get(name);
      if (limit != null && amount.compareTo(limit) > 0) {
        names.add(name);
      }
    });
    return names;
  }

  /// What a quota has to say about itself after `items` were counted: for every name in `hard` an
  /// amount, and no other. `items` are those of the quota's namespace.
  public static Map<String, Quantity> used(
      ResourceQuotaSpec spec, Collection<? extends QuotaItem> items) {
    Map<String, Quantity> used = new TreeMap<>();
    spec.getHardMap().keySet().forEach(name -> used.put(name, Quantity.ZERO));
    for (QuotaItem item : items) {
      if (inScope(spec, item)) {
        Map<String, Quantity> charged = only(item.usage(), used.keySet());
        charged.forEach((name, amount) -> used.merge(name, amount, Quantity::plus));
      }
    }
    return used;
  }

  /// `cpu=1,memory=1Gi`.
  public static String text(Map<String, Quantity> amounts) {
    List<String> parts = new ArrayList<>();
    new TreeMap<>(amounts).forEach((name, amount) -> parts.add(name + "=" + amount));
    return String.join(",", parts);
  }

  /// Parsed amounts as messages have them.
  public static Map<String, io.kemudi.kubernetes.quantity.Quantity> messages(
      Map<String, Quantity> amounts) {
    Map<String, io.kemudi.kubernetes.quantity.Quantity> texts = new TreeMap<>();
    amounts.forEach((name, amount) ->
        texts.put(
            name,
            io.kemudi.kubernetes.quantity.Quantity.newBuilder()
                .setString(amount.toString())
                .build()));
    return texts;
  }
}
