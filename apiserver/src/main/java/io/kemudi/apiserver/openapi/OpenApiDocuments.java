package io.kemudi.apiserver.openapi;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.discovery.VersionInfo;
import io.kemudi.apiserver.registry.CustomVersion;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.ResourceTable;
import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;

/// The OpenAPI documents of one table of resources. One is made when it is first asked for in a
/// form and kept compressed, also when other rows change; the index needs only the hashes, which
/// are those of the table's own words.
final class OpenApiDocuments {
  /// How a document is written.
  enum Form {
    JSON,
    PROTOBUF
  }

  private static final String V2 = "openapi/v2";

  private final ResourceTable table;

  /// `api/v1` or `apis/apps/v1` -> its rows
  private final Map<String, List<ResourceRow>> versions = new TreeMap<>();

  /// Document -> paths that are no resource's. Its keys are all documents of v3.
  private final Map<String, Map<String, @Nullable Object>> fixed;

  private final Map<Key, Document> made = new ConcurrentHashMap<>();
  private final Map<String, String> hashes = new ConcurrentHashMap<>();

  /// alias of a schema package, `rbac.v1` -> the group it belongs to
  private final Map<String, String> groupOfAlias = new HashMap<>();

  private record Key(String path, Form form) {}

  record Document(Packed content, String hash) {}

  OpenApiDocuments(ResourceTable table) {
    this.table = table;
    for (ResourceRow row : table.rows()) {
      String path = (row.group().isEmpty() ? "api/" : "apis/" + row.group() + "/") + row.version();
      versions.computeIfAbsent(path, _ -> new ArrayList<>()).add(row);
      String message = row.info().messageType();
      if (!message.isEmpty() && row.custom() == null) {
        groupOfAlias.put(message.substring(0, message.lastIndexOf('.')), row.group());
      }
    }
    List<String> builtIn = new ArrayList<>(versions.keySet());
    builtIn.removeIf(path -> isCustom(versions.getOrDefault(path, List.of())));
    fixed = FixedPaths.around(builtIn);
    versions.keySet().forEach(path -> fixed.putIfAbsent(path, Map.of()));
  }

  /// Takes over what was made of rows that have not changed since.
  OpenApiDocuments(ResourceTable table, OpenApiDocuments before) {
    this(table);
    before.made.forEach((key, document) -> {
      if (isAsBefore(key.path, before)) {
        made.put(key, document);
      }
    });
    before.hashes.forEach((path, hash) -> {
      if (isAsBefore(path, before)) {
        hashes.put(path, hash);
      }
    });
  }

  private boolean isAsBefore(String path, OpenApiDocuments before) {
    return !path.equals(V2)
        && has(path)
        && versions
            .getOrDefault(path, List.of())
            .equals(before.versions.getOrDefault(path, List.of()));
  }

  private static boolean isCustom(List<ResourceRow> rows) {
    return rows.stream().allMatch(row -> row.custom() != null);
  }

  boolean isOf(ResourceTable table) {
    return this.table == table;
  }

  /// `/openapi/v3`: where the documents are.
  byte[] index() {
    Map<String, @Nullable Object> paths = new TreeMap<>();
    for (String path : fixed.keySet()) {
      String url = "/openapi/v3/" + path + "?hash=" + hash(path);
      paths.put(path, TypeSchemas.map("serverRelativeURL", url));
    }
    return Json.write(TypeSchemas.map("paths", paths));
  }

  /// Whether there is a document of v3 of this name, such as `apis/apps/v1`.
  boolean has(String path) {
    return fixed.containsKey(path);
  }

  /// The document of v3 of this name.
  Document document(String path, Form form) {
    return made.computeIfAbsent(
        new Key(path, form),
        _ -> {
          Map<String, @Nullable Object> tree = tree(path);
          byte[] bytes = form == Form.JSON ? Json.write(tree) : GnosticV3.encode(tree);
          return new Document(Packed.of(bytes), hash(path));
        });
  }

  /// `/openapi/v2`.
  Document version2(Form form) {
    return made.computeIfAbsent(
        new Key(V2, form),
        _ -> {
          Map<String, @Nullable Object> tree = version2Tree();
          byte[] bytes = form == Form.JSON ? Json.write(tree) : GnosticV2.encode(tree);
          return new Document(Packed.of(bytes), hash(V2));
        });
  }

  private Map<String, @Nullable Object> version2Tree() {
    Map<String, @Nullable Object> paths = new TreeMap<>();
    Map<String, @Nullable Object> schemas = new TreeMap<>();
    for (String path : fixed.keySet()) {
      paths.putAll(paths(path));
      schemas(path).forEach(schemas::putIfAbsent);
    }
    Map<String, @Nullable Object> custom = new TreeMap<>();
    for (ResourceRow row : table.rows()) {
      CustomVersion version = row.custom();
      if (version != null) {
        custom.put(CustomSchemas.name(row.info()), CustomSchemas.version2(row.info(), version));
      }
    }
    return OpenApiV2.document(paths, schemas, custom, VersionInfo.GIT_VERSION);
  }

  /// Changes with the rows and with the release, which fixes the schemas.
  private String hash(String path) {
    // not by computeIfAbsent: that of v2 asks for all others
    String known = hashes.get(path);
    if (known == null) {
      known = hashOf(path);
      hashes.put(path, known);
    }
    return known;
  }

  private String hashOf(String path) {
    StringBuilder words = new StringBuilder(VersionInfo.GIT_VERSION).append(path);
    if (path.equals(V2)) {
      fixed.keySet().forEach(each -> words.append(hash(each)));
    } else {
      versions.getOrDefault(path, List.of()).forEach(row -> tell(row, words));
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(words.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void tell(ResourceRow row, StringBuilder words) {
    words.append(row).append(';');
    CustomVersion custom = row.custom();
    if (custom != null) {
      byte[] schema = Json.write(custom.schema().structure().tree());
      words.append(row.info()).append(new String(schema, StandardCharsets.UTF_8));
    }
  }

  private Map<String, @Nullable Object> tree(String path) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.0.0");
    document.put(
        "info", TypeSchemas.map("title", "Kubernetes", "version", VersionInfo.GIT_VERSION));
    document.put("paths", paths(path));
    document.put("components", TypeSchemas.map("schemas", schemas(path)));
    return document;
  }

  private Map<String, @Nullable Object> paths(String path) {
    Map<String, @Nullable Object> paths = new TreeMap<>(fixed.getOrDefault(path, Map.of()));
    for (ResourceRow row : versions.getOrDefault(path, List.of())) {
      if (row.custom() == null) {
        ResourcePaths.add(paths, "/" + path, row.info());
      } else {
        CustomPaths.add(paths, "/" + path, row.info());
      }
    }
    return paths;
  }

  private Map<String, @Nullable Object> schemas(String path) {
    List<ResourceRow> rows = versions.getOrDefault(path, List.of());
    if (rows.isEmpty()) {
      return schemas(DISCOVERY.getOrDefault(path.split("/", -1)[0], Set.of()), rows);
    }
    Set<String> roots =
        new LinkedHashSet<>(isCustom(rows) ? CustomSchemas.COMMON : TypeSchemas.COMMON);
    for (ResourceRow row : rows) {
      if (row.custom() == null) {
        addRoots(roots, row.info());
      } else {
        roots.addAll(CustomSchemas.COMMON);
        addSubresources(roots, row.info());
      }
    }
    Map<String, @Nullable Object> schemas = schemas(roots, rows);
    for (ResourceRow row : rows) {
      CustomVersion custom = row.custom();
      if (custom != null) {
        schemas.put(CustomSchemas.name(row.info()), CustomSchemas.version3(row.info(), custom));
        schemas.put(CustomSchemas.listName(row.info()), CustomSchemas.listSchema(row.info()));
      }
    }
    return schemas;
  }

  private static final Map<String, Set<String>> DISCOVERY =
      Map.of(
          "api",
          Set.of("meta.v1.APIVersions"),
          "apis",
          Set.of("meta.v1.APIGroup", "meta.v1.APIGroupList"));

  private static void addRoots(Set<String> roots, ResourceInfo info) {
    addIfKnown(roots, info.messageType());
    if (!info.listKind().isEmpty()) {
      addIfKnown(roots, info.messageType() + "List");
    }
    addSubresources(roots, info);
  }

  private static void addSubresources(Set<String> roots, ResourceInfo info) {
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
    if (!rows.isEmpty()) {
      schemas.put("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", TypeSchemas.map("type", "object"));
    }
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
      ResourceRow row = rows.isEmpty() ? null : rows.getFirst();
      if (everywhere && row != null && !row.group().isEmpty()) {
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
