package io.kemudi.apimachinery.kinds;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Defaults of requests for devices: exactly one, unless they ask for all.
final class DeviceRequests {
  private DeviceRequests() {}

  /// `spec` is that of a ResourceClaim.
  static void applyDefaults(@Nullable Map<String, @Nullable Object> spec) {
    for (Map<String, @Nullable Object> request : Tree.maps(Tree.map(spec, "devices"), "requests")) {
      Tree.ifPresent(request, "exactly", DeviceRequests::applyToOne);
      Tree.maps(request, "firstAvailable").forEach(DeviceRequests::applyToOne);
    }
  }

  private static void applyToOne(Map<String, @Nullable Object> request) {
    Tree.defaultText(request, "allocationMode", "ExactCount");
    if (Tree.text(request, "allocationMode").equals("ExactCount")) {
      Tree.defaultNumber(request, "count", 1);
    }
  }
}
