package io.kemudi.apiserver.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// events.k8s.io/v1 and core/v1 events are one thing under two sets of names.
final class EventConversion implements Conversion {
  /// events.k8s.io's name -> core's name.
  private static final Map<String, String> NAMES =
      Map.of(
          "regarding", "involvedObject",
          "note", "message",
          "deprecatedSource", "source",
          "deprecatedFirstTimestamp", "firstTimestamp",
          "deprecatedLastTimestamp", "lastTimestamp",
          "deprecatedCount", "count",
          "reportingController", "reportingComponent");

  @Override
  public Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> hub = new LinkedHashMap<>();
    tree.forEach((field, value) -> hub.put(NAMES.getOrDefault(field, field), value));
    return hub;
  }

  @Override
  public Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> tree) {
    Map<String, String> names = new LinkedHashMap<>();
    NAMES.forEach((ours, cores) -> names.put(cores, ours));
    Map<String, @Nullable Object> served = new LinkedHashMap<>();
    tree.forEach((field, value) -> served.put(names.getOrDefault(field, field), value));
    return served;
  }
}
