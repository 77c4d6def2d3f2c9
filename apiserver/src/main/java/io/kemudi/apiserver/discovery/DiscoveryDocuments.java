package io.kemudi.apiserver.discovery;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The discovery documents of one table of resources: made once, served as bytes.
public final class DiscoveryDocuments {
  /// A document and the ETag it is known by.
  public record Document(byte[] bytes, String etag) {}

  /// path -> the document that old clients read
  private final Map<String, Document> legacy = new HashMap<>();

  private final Document coreAggregated;
  private final Document groupsAggregated;

  /// `serverAddress` is where clients reach this server, `host:port`.
  public DiscoveryDocuments(ResourceTable table, String serverAddress) {
    Map<String, Map<String, List<ResourceRow>>> groups = new LinkedHashMap<>();
    for (ResourceRow row : table.rows()) {
      groups
          .computeIfAbsent(row.group(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(row.version(), _ -> new ArrayList<>())
          .add(row);
    }
    legacy.put("/api", document(apiVersions(serverAddress)));
    List<@Nullable Object> all = new ArrayList<>();
    groups.forEach((group, versions) -> {
      String base = group.isEmpty() ? "/api" : "/apis/" + group;
      versions.forEach((version, rows) ->
          legacy.put(base + "/" + version, document(resourceList(group, version, rows))));
      if (!group.isEmpty()) {
        Map<String, @Nullable Object> entry = object("kind", "APIGroup", "apiVersion", "v1");
        entry.putAll(group(group, versions.keySet()));
        legacy.put(base, document(entry));
        all.add(group(group, versions.keySet()));
      }
    });
    legacy.put(
        "/apis", document(object("kind", "APIGroupList", "apiVersion", "v1", "groups", all)));
    coreAggregated = document(aggregated(groups, true));
    groupsAggregated = document(aggregated(groups, false));
  }

  /// What old clients get at a path, without a slash at its end; null when nothing is there.
  public @Nullable Document legacy(String path) {
    return legacy.get(path);
  }

  public Set<String> paths() {
    return Set.copyOf(legacy.keySet());
  }

  /// Everything at once: of `/api` (core) or of `/apis`.
  public Document aggregated(boolean core) {
    return core ? coreAggregated : groupsAggregated;
  }

  private static Map<String, @Nullable Object> apiVersions(String serverAddress) {
    List<@Nullable Object> versions = new ArrayList<>(List.of("v1"));
    List<@Nullable Object> addresses = new ArrayList<>();
    addresses.add(object("clientCIDR", "0.0.0.0/0", "serverAddress", serverAddress));
    return object(
        "kind", "APIVersions", "versions", versions, "serverAddressByClientCIDRs", addresses);
  }

  private static Map<String, @Nullable Object> group(String group, Iterable<String> versions) {
    List<@Nullable Object> entries = new ArrayList<>();
    for (String version : versions) {
      entries.add(object("groupVersion", group + "/" + version, "version", version));
    }
    return object("name", group, "versions", entries, "preferredVersion", entries.getFirst());
  }

  private static Map<String, @Nullable Object> resourceList(
      String group, String version, List<ResourceRow> rows) {
    List<@Nullable Object> resources = new ArrayList<>();
    for (ResourceRow row : rows) {
      ResourceInfo info = row.info();
      resources.add(legacyResource(info));
      for (ResourceInfo.Subresource subresource : info.subresources().values()) {
        resources.add(legacySubresource(info, subresource));
      }
    }
    Map<String, @Nullable Object> list = object("kind", "APIResourceList");
    // the list of the core group alone does not say its own version; clients have coped for years
    if (!group.isEmpty()) {
      list.put("apiVersion", "v1");
    }
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    list.put("resources", resources);
    return list;
  }

  private static Map<String, @Nullable Object> legacyResource(ResourceInfo info) {
    Map<String, @Nullable Object> resource =
        object(
            "name", info.resource(),
            "singularName", info.singular(),
            "namespaced", info.namespaced(),
            "kind", info.kind(),
            "verbs", new ArrayList<@Nullable Object>(info.verbs()));
    putNames(resource, info);
    if (!info.storageVersionHash().isEmpty()) {
      resource.put("storageVersionHash", info.storageVersionHash());
    }
    return resource;
  }

  private static Map<String, @Nullable Object> legacySubresource(
      ResourceInfo info, ResourceInfo.Subresource subresource) {
    Map<String, @Nullable Object> entry =
        object(
            "name",
            info.resource() + "/" + subresource.name(),
            "singularName",
            "",
            "namespaced",
            info.namespaced());
    if (isForeign(info, subresource)) {
      entry.put("group", subresource.group());
      entry.put("version", subresource.version());
    }
    entry.put("kind", subresource.kind());
    entry.put("verbs", new ArrayList<@Nullable Object>(subresource.verbs()));
    return entry;
  }

  private static Map<String, @Nullable Object> aggregated(
      Map<String, Map<String, List<ResourceRow>>> groups, boolean core) {
    List<@Nullable Object> items = new ArrayList<>();
    groups.forEach((group, versions) -> {
      if (group.isEmpty() == core) {
        List<@Nullable Object> entries = new ArrayList<>();
        versions.forEach((version, rows) ->
            entries.add(
                object(
                    "version",
                    version,
                    "resources",
                    aggregatedResources(rows),
                    "freshness",
                    "Current")));
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        if (!core) {
          metadata.put("name", group);
        }
        items.add(object("metadata", metadata, "versions", entries));
      }
    });
    return object(
        "kind",
        "APIGroupDiscoveryList",
        "apiVersion",
        "apidiscovery.k8s.io/v2",
        "metadata",
        new LinkedHashMap<String, @Nullable Object>(),
        "items",
        items);
  }

  private static List<@Nullable Object> aggregatedResources(List<ResourceRow> rows) {
    List<@Nullable Object> resources = new ArrayList<>();
    for (ResourceRow row : rows) {
      ResourceInfo info = row.info();
      Map<String, @Nullable Object> resource =
          object(
              "resource", info.resource(),
              "responseKind", responseKind("", "", info.kind()),
              "scope", info.namespaced() ? "Namespaced" : "Cluster",
              "singularResource", info.singular(),
              "verbs", new ArrayList<@Nullable Object>(info.verbs()));
      putNames(resource, info);
      List<@Nullable Object> subresources = new ArrayList<>();
      for (ResourceInfo.Subresource each : info.subresources().values()) {
        boolean foreign = isForeign(info, each);
        subresources.add(
            object(
                "subresource",
                each.name(),
                "responseKind",
                responseKind(
                    foreign ? each.group() : "", foreign ? each.version() : "", each.kind()),
                "verbs",
                new ArrayList<@Nullable Object>(each.verbs())));
      }
      if (!subresources.isEmpty()) {
        resource.put("subresources", subresources);
      }
      resources.add(resource);
    }
    return resources;
  }

  private static void putNames(Map<String, @Nullable Object> resource, ResourceInfo info) {
    if (!info.shortNames().isEmpty()) {
      resource.put("shortNames", new ArrayList<@Nullable Object>(info.shortNames()));
    }
    if (!info.categories().isEmpty()) {
      resource.put("categories", new ArrayList<@Nullable Object>(info.categories()));
    }
  }

  private static boolean isForeign(ResourceInfo info, ResourceInfo.Subresource subresource) {
    return !subresource.group().equals(info.group())
        || !subresource.version().equals(info.version());
  }

  private static Map<String, @Nullable Object> responseKind(
      String group, String version, String kind) {
    return object("group", group, "version", version, "kind", kind);
  }

  private static Document document(Map<String, @Nullable Object> tree) {
    byte[] json = Json.write(tree);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return new Document(line, etag(json));
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-512").digest(bytes);
      return "\"" + HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
  }

  private static Map<String, @Nullable Object> object(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return object;
  }
}
