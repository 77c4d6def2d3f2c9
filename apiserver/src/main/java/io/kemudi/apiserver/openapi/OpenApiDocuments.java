package io.kemudi.apiserver.openapi;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The OpenAPI v3 documents of one table of resources. A document is made when it is first asked
/// for; the index needs only their hashes, which are those of the table's own words.
final class OpenApiDocuments {
  private final ResourceTable table;

  /// `api/v1` or `apis/apps/v1` -> its rows
  private final Map<String, List<ResourceRow>> versions = new TreeMap<>();

  private final Map<String, Document> made = new ConcurrentHashMap<>();

  /// alias of a schema package, `rbac.v1` -> the group it belongs to
  private final Map<String, String> groupOfAlias = new HashMap<>();

  record Document(byte[] bytes, byte[] gzipped, String hash) {}

  OpenApiDocuments(ResourceTable table) {
    this.table = table;
    for (ResourceRow row : table.rows()) {
      String path = (row.group().isEmpty() ? "api/" : "apis/" + row.group() + "/") + row.version();
      versions.computeIfAbsent(path, _ -> new ArrayList<>()).add(row);
      String message = row.info().messageType();
      groupOfAlias.put(message.substring(0, message.lastIndexOf('.')), row.group());
    }
  }

  boolean isOf(ResourceTable table) {
    return this.table == table;
  }

  /// `/openapi/v3`: where the documents are.
  byte[] index() {
    Map<String, @Nullable Object> paths = new TreeMap<>();
    for (String path : versions.keySet()) {
      String url = "/openapi/v3/" + path + "?hash=" + hash(path);
      paths.put(path, TypeSchemas.map("serverRelativeURL", url));
    }
    return Json.write(TypeSchemas.map("paths", paths));
  }

  @Nullable Document find(String path) {
    List<ResourceRow> rows = versions.get(path);
    return rows == null ? null : made.computeIfAbsent(path, _ -> document(path, rows));
  }

  /// `/openapi/v2`, see [OpenApiV2]. Made anew at each call: few ask, and keep the answer.
  byte[] version2() {
    Map<String, @Nullable Object> definitions = new TreeMap<>();
    Map<String, Map<String, @Nullable Object>> kinds = new TreeMap<>();
    versions.forEach((path, rows) -> {
      Set<String> roots = new LinkedHashSet<>(TypeSchemas.COMMON);
      for (ResourceRow row : rows) {
        addRoots(roots, row.info());
        if (row.allows("patch")) {
          String scope = row.namespaced() ? "/namespaces/{namespace}/" : "/";
          kinds.put(
              "/" + path + scope + row.resource() + "/{name}",
              gvk(row.group(), row.version(), row.kind()));
        }
      }
      schemas(roots, rows).forEach(definitions::putIfAbsent);
    });
    return OpenApiV2.document(
        definitions, kinds, io.kemudi.apiserver.discovery.VersionInfo.GIT_VERSION);
  }

  private Document document(String path, List<ResourceRow> rows) {
    byte[] json = Json.write(tree(path, rows));
    ByteArrayOutputStream packed = new ByteArrayOutputStream(json.length / 8);
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("packing in memory", e);
    }
    return new Document(json, packed.toByteArray(), hash(path));
  }

  /// Changes with the rows and with the release, which fixes the schemas.
  private String hash(String path) {
    String words =
        io.kemudi.apiserver.discovery.VersionInfo.GIT_VERSION + path + versions.get(path);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(words.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Map<String, @Nullable Object> tree(String path, List<ResourceRow> rows) {
    Map<String, @Nullable Object> paths = new TreeMap<>();
    Set<String> roots = new LinkedHashSet<>(TypeSchemas.COMMON);
    for (ResourceRow row : rows) {
      ResourcePaths.add(paths, "/" + path, row.info());
      addRoots(roots, row.info());
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.0.0");
    document.put(
        "info",
        TypeSchemas.map(
            "title",
            "Kubernetes",
            "version",
            io.kemudi.apiserver.discovery.VersionInfo.GIT_VERSION));
    document.put("paths", paths);
    document.put("components", TypeSchemas.map("schemas", schemas(roots, rows)));
    return document;
  }

  private static void addRoots(Set<String> roots, ResourceInfo info) {
    addIfKnown(roots, info.messageType());
    if (!info.listKind().isEmpty()) {
      addIfKnown(roots, info.messageType() + "List");
    }
    for (ResourceInfo.Subresource subresource : info.subresources().values()) {
      addIfKnown(roots, ResourcePaths.messageOf(info, subresource));
    }
  }

  private static void addIfKnown(Set<String> roots, String message) {
    if (Schema.find(message) != null) {
      roots.add(message);
    }
  }

  /// The schemas of the roots and of all that they refer to.
  private Map<String, @Nullable Object> schemas(Set<String> roots, List<ResourceRow> rows) {
    Map<String, @Nullable Object> schemas = new TreeMap<>();
    Deque<MessageType> open = new ArrayDeque<>();
    for (String root : roots) {
      MessageType type = Schema.find(root);
      if (type != null) {
        open.add(type);
      }
    }
    Set<String> seen = new LinkedHashSet<>();
    while (!open.isEmpty()) {
      MessageType type = open.remove();
      if (seen.add(type.name())) {
        schemas.put(
            TypeSchemas.name(type.name()), TypeSchemas.of(type, gvks(type, rows), open::add));
      }
    }
    schemas.put("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", TypeSchemas.map("type", "object"));
    return schemas;
  }

  private List<@Nullable Object> gvks(MessageType type, List<ResourceRow> rows) {
    List<@Nullable Object> gvks = new ArrayList<>();
    if (!type.hasTypeMeta()) {
      return gvks;
    }
    int dot = type.name().lastIndexOf('.');
    String alias = type.name().substring(0, dot);
    String version = alias.substring(alias.indexOf('.') + 1);
    if (alias.equals("meta.v1")) {
      // options and the like exist in every group
      boolean everywhere =
          type.simpleName().equals("DeleteOptions") || type.simpleName().equals("WatchEvent");
      gvks.add(gvk("", "v1", type.simpleName()));
      ResourceRow row = rows.getFirst();
      if (everywhere && !row.group().isEmpty()) {
        gvks.add(gvk(row.group(), row.version(), type.simpleName()));
      }
      return gvks;
    }
    String group = groupOfAlias.get(alias);
    if (group != null) {
      gvks.add(gvk(group, version, type.simpleName()));
    }
    return gvks;
  }

  private static Map<String, @Nullable Object> gvk(String group, String version, String kind) {
    return TypeSchemas.map("group", group, "kind", kind, "version", version);
  }
}
