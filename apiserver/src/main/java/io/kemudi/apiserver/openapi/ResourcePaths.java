package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.TypeSchemas.list;
import static io.kemudi.apiserver.openapi.TypeSchemas.map;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The paths and operations of one resource, as OpenAPI v3 has them.
final class ResourcePaths {
  private static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation");
  private static final List<String> PATCH =
      List.of("dryRun", "fieldManager", "fieldValidation", "force");
  private static final List<String> LIST =
      List.of(
          "allowWatchBookmarks",
          "continue",
          "fieldSelector",
          "labelSelector",
          "limit",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "timeoutSeconds",
          "watch");
  private static final List<String> DELETE =
      List.of("dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy");
  private static final List<String> DELETE_COLLECTION =
      List.of(
          "continue",
          "dryRun",
          "fieldSelector",
          "gracePeriodSeconds",
          "labelSelector",
          "limit",
          "orphanDependents",
          "propagationPolicy",
          "resourceVersion",
          "resourceVersionMatch");
  private static final List<String> PATCH_TYPES =
      List.of(
          "application/apply-patch+yaml",
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json");
  private static final List<String> ANSWER_TYPES =
      List.of("application/json", "application/vnd.kubernetes.protobuf", "application/yaml");

  private final Map<String, @Nullable Object> paths;
  private final ResourceInfo info;

  private ResourcePaths(Map<String, @Nullable Object> paths, ResourceInfo info) {
    this.paths = paths;
    this.info = info;
  }

  static void add(Map<String, @Nullable Object> paths, String base, ResourceInfo info) {
    new ResourcePaths(paths, info).add(base);
  }

  /// The message that a subresource speaks.
  static String messageOf(ResourceInfo info, ResourceInfo.Subresource subresource) {
    boolean same =
        subresource.group().equals(info.group()) && subresource.version().equals(info.version());
    String own = info.messageType();
    if (same) {
      return own.substring(0, own.lastIndexOf('.') + 1) + subresource.kind();
    }
    String group = subresource.group();
    String alias = group.contains(".") ? group.substring(0, group.indexOf('.')) : group;
    return (alias.isEmpty() ? "core" : alias)
        + "."
        + subresource.version()
        + "."
        + subresource.kind();
  }

  private void add(String base) {
    String scope = info.namespaced() ? base + "/namespaces/{namespace}/" : base + "/";
    String collection = scope + info.resource();
    if (info.namespaced() && info.verbs().contains("list")) {
      operation(base + "/" + info.resource(), "get", "list", LIST, list(), info.listKind(), true);
    }
    for (String verb : info.verbs()) {
      switch (verb) {
        case "list" -> operation(collection, "get", "list", LIST, list(), info.listKind(), false);
        case "create" ->
            operation(
                collection, "post", "post", WRITE, body(info.messageType()), info.kind(), false);
        case "deletecollection" ->
            operation(
                collection,
                "delete",
                "deletecollection",
                DELETE_COLLECTION,
                body("meta.v1.DeleteOptions"),
                "Status",
                false);
        case "get" ->
            operation(collection + "/{name}", "get", "get", List.of(), list(), info.kind(), false);
        case "update" ->
            operation(
                collection + "/{name}",
                "put",
                "put",
                WRITE,
                body(info.messageType()),
                info.kind(),
                false);
        case "patch" ->
            operation(
                collection + "/{name}", "patch", "patch", PATCH, patchBody(), info.kind(), false);
        case "delete" ->
            operation(
                collection + "/{name}",
                "delete",
                "delete",
                DELETE,
                body("meta.v1.DeleteOptions"),
                "Status",
                false);
        default -> {
          // a watch is a parameter of the list
        }
      }
    }
    info.subresources().values().forEach(each -> subresource(collection, each));
  }

  private void subresource(String collection, ResourceInfo.Subresource subresource) {
    String path = collection + "/{name}/" + subresource.name();
    String message = messageOf(info, subresource);
    boolean connects = subresource.kind().endsWith("Options");
    for (String verb : subresource.verbs()) {
      String method =
          switch (verb) {
            case "create" -> "post";
            case "update" -> "put";
            default -> verb;
          };
      if (connects) {
        operation(path, method, "connect", List.of(), list(), "", false);
      } else if (method.equals("get")) {
        operation(path, "get", "get", List.of(), list(), subresource.kind(), false);
      } else {
        operation(
            path,
            method,
            method,
            method.equals("patch") ? PATCH : WRITE,
            method.equals("patch") ? patchBody() : body(message),
            subresource.kind(),
            false);
      }
      @SuppressWarnings("unchecked")
      Map<String, @Nullable Object> made =
          (Map<String, @Nullable Object>)
              ((Map<?, ?>) java.util.Objects.requireNonNull(paths.get(path))).get(method);
      if (made != null) {
        made.put(
            "x-kubernetes-group-version-kind",
            map(
                "group", subresource.group(),
                "version", subresource.version(),
                "kind", subresource.kind()));
      }
    }
  }

  private void operation(
      String path,
      String method,
      String action,
      List<String> query,
      List<@Nullable Object> requestTypes,
      String answerKind,
      boolean allNamespaces) {
    List<@Nullable Object> parameters = new ArrayList<>();
    query.forEach(each -> parameters.add(parameter(each)));
    Map<String, @Nullable Object> operation = new LinkedHashMap<>();
    operation.put("operationId", id(action, path, allNamespaces));
    operation.put("parameters", parameters);
    if (!requestTypes.isEmpty()) {
      operation.put("requestBody", map("content", requestTypes.getFirst(), "required", true));
    }
    operation.put("responses", responses(answerKind));
    operation.put("x-kubernetes-action", action);
    operation.put(
        "x-kubernetes-group-version-kind",
        map("group", info.group(), "version", info.version(), "kind", info.kind()));
    @SuppressWarnings("unchecked")
    Map<String, @Nullable Object> item =
        (Map<String, @Nullable Object>) paths.computeIfAbsent(path, this::item);
    if (item != null) {
      item.put(method, operation);
    }
  }

  private Map<String, @Nullable Object> item(String path) {
    List<@Nullable Object> shared = list();
    for (String name : List.of("name", "namespace")) {
      if (path.contains("{" + name + "}")) {
        shared.add(
            map(
                "name",
                name,
                "in",
                "path",
                "required",
                true,
                "schema",
                map("type", "string", "uniqueItems", true)));
      }
    }
    shared.add(parameter("pretty"));
    return map("parameters", shared);
  }

  private static Map<String, @Nullable Object> parameter(String name) {
    String type =
        switch (name) {
          case "limit", "timeoutSeconds", "gracePeriodSeconds" -> "integer";
          case "watch", "allowWatchBookmarks", "sendInitialEvents", "force", "orphanDependents" ->
              "boolean";
          default -> "string";
        };
    return map("name", name, "in", "query", "schema", map("type", type, "uniqueItems", true));
  }

  private Map<String, @Nullable Object> responses(String kind) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    String message =
        kind.equals("Status")
            ? "meta.v1.Status"
            : info.messageType().substring(0, info.messageType().lastIndexOf('.') + 1) + kind;
    if (!kind.isEmpty() && Schema.find(message) != null) {
      for (String type : ANSWER_TYPES) {
        content.put(type, map("schema", reference(message)));
      }
    } else {
      content.put("*/*", map("schema", map("type", "string")));
    }
    return map(
        "200", map("description", "OK", "content", content),
        "401", map("description", "Unauthorized"));
  }

  private static List<@Nullable Object> body(String message) {
    return list(
        map(
            "*/*",
            map(
                "schema",
                Schema.find(message) == null ? map("type", "object") : reference(message))));
  }

  private static List<@Nullable Object> patchBody() {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    for (String type : PATCH_TYPES) {
      content.put(
          type,
          map(
              "schema",
              map("$ref", "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch")));
    }
    return list(content);
  }

  private static Map<String, @Nullable Object> reference(String message) {
    return map("$ref", "#/components/schemas/" + TypeSchemas.name(message));
  }

  /// Unique within the document, which is all that readers ask of it.
  private static String id(String action, String path, boolean allNamespaces) {
    StringBuilder id = new StringBuilder(action);
    for (String part : path.replaceAll("[{}]", "").split("[/.]", -1)) {
      if (!part.isEmpty()) {
        id.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
      }
    }
    return allNamespaces ? id + "ForAllNamespaces" : id.toString();
  }
}
