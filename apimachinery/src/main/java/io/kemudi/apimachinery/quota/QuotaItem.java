package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import java.util.Map;
import java.util.Set;

/// One object as quotas see it.
public sealed interface QuotaItem
    permits PodItem, ServiceItem, VolumeClaimItem, DeviceClaimItem, CountedItem {
  /// Whether a name in a quota's `hard` speaks of this kind of object.
  boolean tracks(String name);

  /// Whether the object is inside a scope. Kinds that know no scopes are in none.
  boolean matches(ScopedResourceSelectorRequirement scope);

  /// What the object takes, by the names that quotas use.
  Map<String, Quantity> usage();

  /// What the object lacks that the quota's names demand, such as `must specify requests.cpu for:
  /// c`; "" when it lacks nothing.
  default String missing(Set<String> names) {
    return "";
  }
}
