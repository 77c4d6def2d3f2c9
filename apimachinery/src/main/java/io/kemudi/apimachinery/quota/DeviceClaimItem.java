package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import io.kemudi.kubernetes.resource.v1.DeviceRequest;
import io.kemudi.kubernetes.resource.v1.DeviceSubRequest;
import io.kemudi.kubernetes.resource.v1.ResourceClaim;
import java.util.Map;
import java.util.TreeMap;

/// A resource claim: itself, and its devices by device class. Of alternatives each class is charged
/// with the most that one of them asks for.
public record DeviceClaimItem(ResourceClaim claim) implements QuotaItem {
  private static final String BY_CLASS = ".deviceclass.resource.k8s.io/devices";
  private static final String COUNT = "count/resourceclaims.resource.k8s.io";

  /// `All` may be any number; upstream charges the most that one claim can be given.
  private static final long MAX_DEVICES = 32;

  @Override
  public boolean tracks(String name) {
    return name.equals(COUNT) || name.endsWith(BY_CLASS);
  }

  @Override
  public boolean matches(ScopedResourceSelectorRequirement scope) {
    return false;
  }

  @Override
  public Map<String, Quantity> usage() {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(COUNT, CountedItem.ONE);
    for (DeviceRequest request : claim.getSpec().getDevices().getRequestsList()) {
      usage = Amounts.plus(usage, of(request));
    }
    return usage;
  }

  private static Map<String, Quantity> of(DeviceRequest request) {
    Map<String, Quantity> usage = new TreeMap<>();
    if (request.hasExactly()) {
      var exact = request.getExactly();
      usage.put(
          exact.getDeviceClassName() + BY_CLASS,
          devices(exact.getAllocationMode(), exact.getCount()));
    }
    for (DeviceSubRequest each : request.getFirstAvailableList()) {
      usage =
          Amounts.max(
              usage,
              Map.of(
                  each.getDeviceClassName() + BY_CLASS,
                  devices(each.getAllocationMode(), each.getCount())));
    }
    return usage;
  }

  private static Quantity devices(String mode, long count) {
    return Quantity.of(mode.equals("All") ? MAX_DEVICES : Math.max(count, 1));
  }
}
