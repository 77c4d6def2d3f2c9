package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// CustomResourceDefinitions are stored in apiextensions v1beta1: what all versions share stands at
/// the top (`validation`, `subresources`, `additionalPrinterColumns`), and `version` repeats the
/// first version's name. The API speaks v1, where every version has its own.
final class DefinitionForm {
  /// v1beta1's name at the top -> v1's name inside a version.
  private static final Map<String, String> SHARED =
      Map.of(
          "validation", "schema",
          "subresources", "subresources",
          "additionalPrinterColumns", "additionalPrinterColumns",
          "selectableFields", "selectableFields");

  private DefinitionForm() {}

  static Map<String, @Nullable Object> toHub(Map<String, @Nullable Object> stored) {
    Map<String, @Nullable Object> spec = Trees.child(stored, "spec");
    spec.remove("version");
    if (Boolean.FALSE.equals(spec.get("preserveUnknownFields"))) {
      spec.remove("preserveUnknownFields");
    }
    for (var shared : SHARED.entrySet()) {
      Object value = spec.remove(shared.getKey());
      if (value != null) {
        versions(spec).forEach(version -> version.putIfAbsent(shared.getValue(), value));
      }
    }
    renameInColumns(spec, "JSONPath", "jsonPath");
    wrapWebhook(Trees.child(spec, "conversion"));
    return stored;
  }

  static Map<String, @Nullable Object> fromHub(Map<String, @Nullable Object> hub) {
    Map<String, @Nullable Object> spec = Trees.child(hub, "spec");
    List<Map<String, @Nullable Object>> versions = versions(spec);
    if (versions.isEmpty()) {
      return hub;
    }
    spec.put("version", versions.getFirst().get("name"));
    renameInColumns(spec, "jsonPath", "JSONPath");
    for (var shared : SHARED.entrySet()) {
      liftShared(spec, versions, shared.getKey(), shared.getValue());
    }
    unwrapWebhook(Trees.child(spec, "conversion"));
    spec.putIfAbsent("preserveUnknownFields", false);
    return hub;
  }

  private static void liftShared(
      Map<String, @Nullable Object> spec,
      List<Map<String, @Nullable Object>> versions,
      String top,
      String inside) {
    Object first = versions.getFirst().get(inside);
    for (Map<String, @Nullable Object> version : versions) {
      if (!Objects.equals(first, version.get(inside))) {
        return;
      }
    }
    if (first != null) {
      versions.forEach(version -> version.remove(inside));
      spec.put(top, first);
    }
  }

  private static List<Map<String, @Nullable Object>> versions(Map<String, @Nullable Object> spec) {
    List<Map<String, @Nullable Object>> versions = new ArrayList<>();
    if (spec.get("versions") instanceof List<?> list) {
      for (Object each : list) {
        versions.add(Trees.object(each, "spec.versions"));
      }
    }
    return versions;
  }

  /// The path of a printer column changed its spelling.
  private static void renameInColumns(Map<String, @Nullable Object> spec, String from, String to) {
    for (Map<String, @Nullable Object> version : versions(spec)) {
      if (version.get("additionalPrinterColumns") instanceof List<?> columns) {
        for (Object each : columns) {
          Map<String, @Nullable Object> column = Trees.object(each, "additionalPrinterColumns");
          Object path = column.remove(from);
          if (path != null) {
            column.put(to, path);
          }
        }
      }
    }
  }

  /// v1 has `webhook{clientConfig, conversionReviewVersions}`, v1beta1 both beside the strategy.
  private static void wrapWebhook(Map<String, @Nullable Object> conversion) {
    Object config = conversion.remove("webhookClientConfig");
    Object versions = conversion.remove("conversionReviewVersions");
    if (config != null || versions != null) {
      Map<String, @Nullable Object> webhook = new LinkedHashMap<>();
      webhook.put("clientConfig", config);
      webhook.put("conversionReviewVersions", versions);
      conversion.put("webhook", webhook);
    }
  }

  private static void unwrapWebhook(Map<String, @Nullable Object> conversion) {
    if (conversion.remove("webhook") instanceof Map<?, ?> webhook) {
      conversion.put("webhookClientConfig", webhook.get("clientConfig"));
      conversion.put("conversionReviewVersions", webhook.get("conversionReviewVersions"));
    }
  }
}
