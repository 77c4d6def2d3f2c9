package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which resources the server serves, in the order in which discovery shows them. An immutable
/// snapshot: a change makes a new table, which the [Registry] swaps in atomically.
public final class ResourceTable {
  private final Map<String, ResourceRow> byResource;
  private final Map<String, ResourceRow> byKind = new LinkedHashMap<>();

  private ResourceTable(Map<String, ResourceRow> byResource) {
    this.byResource = Collections.unmodifiableMap(byResource);
    for (ResourceRow row : byResource.values()) {
      byKind.putIfAbsent(id(row.group(), row.version(), row.kind()), row);
    }
  }

  /// The resources of a default server.
  public static ResourceTable builtIn() {
    List<ResourceRow> rows = new ArrayList<>();
    for (ResourceInfo info : ResourceInfos.all()) {
      rows.add(ResourceRow.of(info));
    }
    return of(rows);
  }

  public static ResourceTable of(Collection<ResourceRow> rows) {
    Map<String, ResourceRow> map = new LinkedHashMap<>();
    for (ResourceRow row : rows) {
      map.put(id(row.group(), row.version(), row.resource()), row);
    }
    return new ResourceTable(map);
  }

  public Collection<ResourceRow> rows() {
    return byResource.values();
  }

  public Optional<ResourceRow> find(String group, String version, String resource) {
    return Optional.ofNullable(byResource.get(id(group, version, resource)));
  }

  public Optional<ResourceRow> findKind(String group, String version, String kind) {
    return Optional.ofNullable(byKind.get(id(group, version, kind)));
  }

  /// A row that must be there because the server itself is built on it.
  ///
  /// @throws IllegalStateException when it is not served
  public ResourceRow need(String group, String version, String resource) {
    return find(group, version, resource)
        .orElseThrow(() -> new IllegalStateException("not served: " + resource + "." + group));
  }

  private static String id(String group, String version, String name) {
    return group + '/' + version + '/' + name;
  }
}
