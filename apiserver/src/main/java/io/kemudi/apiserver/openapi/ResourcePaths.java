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

/// The paths and operations of one resource, as OpenAPI v3 has them. Names of operations are
/// upstream's: generated clients are named after them.
final class ResourcePaths {
  private static final List<String> GET = List.of("pretty");
  static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation", "pretty");
  static final List<String> PATCH =
      List.of("dryRun", "fieldManager", "fieldValidation", "force", "pretty");
  static final List<String> LIST =
      List.of(
          "allowWatchBookmarks",
          "continue",
          "fieldSelector",
          "labelSelector",
          "limit",
          "pretty",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "shardSelector",
          "timeoutSeconds",
          "watch");
  static final List<String> DELETE =
      List.of(
          "dryRun",
          "gracePeriodSeconds",
          "ignoreStoreReadErrorWithClusterBreakingPotential",
          "orphanDependents",
          "pretty",
          "propagationPolicy");
  private static final List<String> DELETE_COLLECTION =
      List.of(
          "continue",
          "dryRun",
          "fieldSelector",
          "gracePeriodSeconds",
          "ignoreStoreReadErrorWithClusterBreakingPotential",
          "labelSelector",
          "limit",
          "orphanDependents",
          "pretty",
          "propagationPolicy",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "shardSelector",
          "timeoutSeconds");
  private static final List<String> LOG =
      List.of(
          "container",
          "follow",
          "insecureSkipTLSVerifyBackend",
          "limitBytes",
          "pretty",
          "previous",
          "sinceSeconds",
          "stream",
          "tailLines",
          "timestamps");

  /// The kind of options -> their query parameters.
  private static final Map<String, List<String>> CONNECT =
      Map.of(
          "PodAttachOptions",
          List.of("container", "stderr", "stdin", "stdout", "tty"),
          "PodExecOptions",
          List.of("command", "container", "stderr", "stdin", "stdout", "tty"),
          "PodPortForwardOptions",
          List.of("ports"),
          "PodProxyOptions",
          List.of("path"),
          "ServiceProxyOptions",
          List.of("path"),
          "NodeProxyOptions",
          List.of("path"));

  private static final List<String> PROXY_METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch");
  private static final List<String> STREAM_METHODS = List.of("get", "post");
  private static final List<String> PATCH_TYPES =
      List.of(
          "application/apply-patch+yaml",
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json");
  private static final List<String> ANSWER_TYPES =
      List.of("application/json", "application/vnd.kubernetes.protobuf", "application/yaml");
  private static final List<String> LIST_TYPES =
      List.of(
          "application/json",
          "application/json;stream=watch",
          "application/vnd.kubernetes.protobuf",
          "application/vnd.kubernetes.protobuf;stream=watch",
          "application/yaml");
  private static final List<String> LOG_TYPES =
      List.of(
          "application/json",
          "application/vnd.kubernetes.protobuf",
          "application/yaml",
          "text/plain");
  private static final List<String> ANY_TYPE = List.of("*/*");

  /// What an operation answers: the codes of success, the media types, the message ("" is text).
  private record Answer(List<String> codes, List<String> types, String message) {}

  private final Map<String, @Nullable Object> paths;
  private final ResourceInfo info;

  /// `CoreV1`, as in the names of operations.
  private final String groupVersion;

  private final String namespaced;

  private ResourcePaths(Map<String, @Nullable Object> paths, ResourceInfo info) {
    this.paths = paths;
    this.info = info;
    this.groupVersion = groupName(info.group()) + capitalized(info.version());
    this.namespaced = info.namespaced() ? "Namespaced" : "";
  }

  static void add(Map<String, @Nullable Object> paths, String base, ResourceInfo info) {
    new ResourcePaths(paths, info).add(base);
  }

  /// `rbac.authorization.k8s.io` is RbacAuthorization, the group without a name Core.
  static String groupName(String group) {
    if (group.isEmpty()) {
      return "Core";
    }
    String plain = group.endsWith(".k8s.io") ? group.substring(0, group.length() - 7) : group;
    StringBuilder name = new StringBuilder();
    for (String part : plain.split("\\.", -1)) {
      name.append(capitalized(part));
    }
    return name.toString();
  }

  static String capitalized(String text) {
    return text.isEmpty() ? "" : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
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
    String scope = info.namespaced() ? "/namespaces/{namespace}/" : "/";
    String collection = base + scope + info.resource();
    String object = collection + "/{name}";
    String message = info.messageType();
    Answer listed = new Answer(List.of("200"), LIST_TYPES, sibling(info.listKind()));
    Answer watched = new Answer(List.of("200"), LIST_TYPES, "meta.v1.WatchEvent");
    if (info.namespaced() && allows("list")) {
      String id = "list" + groupVersion + info.kind() + "ForAllNamespaces";
      operation(base + "/" + info.resource(), "get", "list", id, LIST, null, listed);
    }
    for (String verb : info.verbs()) {
      switch (verb) {
        case "list" -> operation(collection, "get", "list", id("list"), LIST, null, listed);
        case "create" ->
            operation(
                collection,
                "post",
                "post",
                id("create"),
                WRITE,
                body(message),
                answer(message, "200", "201", "202"));
        case "deletecollection" ->
            operation(
                collection,
                "delete",
                "deletecollection",
                "delete" + groupVersion + "Collection" + namespaced + info.kind(),
                DELETE_COLLECTION,
                body("meta.v1.DeleteOptions"),
                answer("meta.v1.Status", "200"));
        case "get" ->
            operation(object, "get", "get", id("read"), GET, null, answer(message, "200"));
        case "update" ->
            operation(
                object,
                "put",
                "put",
                id("replace"),
                WRITE,
                body(message),
                answer(message, "200", "201"));
        case "patch" ->
            operation(
                object,
                "patch",
                "patch",
                id("patch"),
                PATCH,
                patchBody(),
                answer(message, "200", "201"));
        case "delete" ->
            operation(
                object,
                "delete",
                "delete",
                id("delete"),
                DELETE,
                body("meta.v1.DeleteOptions"),
                answer("meta.v1.Status", "200", "202"));
        default -> {
          // a watch is a parameter of the list, and has the old paths below
        }
      }
    }
    if (allows("watch") && allows("list")) {
      watches(base, base + "/watch" + scope + info.resource(), watched);
    }
    info.subresources().values().forEach(each -> subresource(object, each));
  }

  private void watches(String base, String collection, Answer watched) {
    if (info.namespaced()) {
      String id = "watch" + groupVersion + info.kind() + "ListForAllNamespaces";
      operation(base + "/watch/" + info.resource(), "get", "watchlist", id, LIST, null, watched);
    }
    operation(collection, "get", "watchlist", id("watch") + "List", LIST, null, watched);
    if (allows("get")) {
      operation(collection + "/{name}", "get", "watch", id("watch"), LIST, null, watched);
    }
  }

  private boolean allows(String verb) {
    return info.verbs().contains(verb);
  }

  private String id(String verb) {
    return verb + groupVersion + namespaced + info.kind();
  }

  /// A message beside the resource's own.
  private String sibling(String kind) {
    String own = info.messageType();
    return kind.isEmpty() ? "" : own.substring(0, own.lastIndexOf('.') + 1) + kind;
  }

  private static Answer answer(String message, String... codes) {
    return new Answer(List.of(codes), ANSWER_TYPES, message);
  }

  private void subresource(String object, ResourceInfo.Subresource subresource) {
    String path = object + "/" + subresource.name();
    String part = capitalized(subresource.name());
    List<String> options = CONNECT.get(subresource.kind());
    if (options != null) {
      boolean proxy = subresource.name().equals("proxy");
      for (String method : proxy ? PROXY_METHODS : STREAM_METHODS) {
        connect(path, method, part, options, subresource);
        if (proxy) {
          connect(path + "/{path}", method, part + "WithPath", options, subresource);
        }
      }
      return;
    }
    String message = messageOf(info, subresource);
    boolean log = subresource.name().equals("log");
    for (String verb : subresource.verbs()) {
      switch (verb) {
        case "get" ->
            subresource(
                path,
                "get",
                "get",
                id("read") + part,
                log ? LOG : GET,
                null,
                log ? new Answer(List.of("200"), LOG_TYPES, "") : answer(message, "200"),
                subresource);
        case "create" ->
            subresource(
                path,
                "post",
                "post",
                id("create") + part,
                WRITE,
                body(message),
                answer(message, "200", "201", "202"),
                subresource);
        case "update" ->
            subresource(
                path,
                "put",
                "put",
                id("replace") + part,
                WRITE,
                body(message),
                answer(message, "200", "201"),
                subresource);
        case "patch" ->
            subresource(
                path,
                "patch",
                "patch",
                id("patch") + part,
                PATCH,
                patchBody(),
                answer(message, "200", "201"),
                subresource);
        default -> {
          // subresources have no other verbs
        }
      }
    }
  }

  private void connect(
      String path,
      String method,
      String part,
      List<String> options,
      ResourceInfo.Subresource subresource) {
    String id = "connect" + groupVersion + capitalized(method) + namespaced + info.kind() + part;
    Answer answer = new Answer(List.of("200"), ANY_TYPE, "");
    subresource(path, method, "connect", id, options, null, answer, subresource);
  }

  private void subresource(
      String path,
      String method,
      String action,
      String id,
      List<String> query,
      @Nullable Map<String, @Nullable Object> body,
      Answer answer,
      ResourceInfo.Subresource subresource) {
    Map<String, @Nullable Object> made = operation(path, method, action, id, query, body, answer);
    made.put(
        "x-kubernetes-group-version-kind",
        map(
            "group", subresource.group(),
            "version", subresource.version(),
            "kind", subresource.kind()));
  }

  private Map<String, @Nullable Object> operation(
      String path,
      String method,
      String action,
      String id,
      List<String> query,
      @Nullable Map<String, @Nullable Object> body,
      Answer answer) {
    List<@Nullable Object> parameters = new ArrayList<>();
    query.forEach(each -> parameters.add(parameter(each)));
    Map<String, @Nullable Object> operation = new LinkedHashMap<>();
    operation.put("operationId", id);
    operation.put("parameters", parameters);
    if (body != null) {
      operation.put("requestBody", map("content", body, "required", true));
    }
    operation.put("responses", responses(answer));
    operation.put("x-kubernetes-action", action);
    operation.put(
        "x-kubernetes-group-version-kind",
        map("group", info.group(), "version", info.version(), "kind", info.kind()));
    item(paths, path).put(method, operation);
    return operation;
  }

  @SuppressWarnings("unchecked")
  static Map<String, @Nullable Object> item(Map<String, @Nullable Object> paths, String path) {
    Object item = paths.get(path);
    if (item == null) {
      item = newItem(path);
      paths.put(path, item);
    }
    return (Map<String, @Nullable Object>) item;
  }

  private static Map<String, @Nullable Object> newItem(String path) {
    List<@Nullable Object> shared = list();
    for (String name : List.of("name", "namespace", "path")) {
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
    return shared.isEmpty() ? map() : map("parameters", shared);
  }

  static Map<String, @Nullable Object> parameter(String name) {
    String type =
        switch (name) {
          case "limit",
              "timeoutSeconds",
              "gracePeriodSeconds",
              "limitBytes",
              "sinceSeconds",
              "tailLines",
              "ports" ->
              "integer";
          case "watch",
              "allowWatchBookmarks",
              "sendInitialEvents",
              "force",
              "orphanDependents",
              "ignoreStoreReadErrorWithClusterBreakingPotential",
              "follow",
              "insecureSkipTLSVerifyBackend",
              "previous",
              "timestamps",
              "stderr",
              "stdin",
              "stdout",
              "tty" ->
              "boolean";
          default -> "string";
        };
    return map("name", name, "in", "query", "schema", map("type", type, "uniqueItems", true));
  }

  private static Map<String, @Nullable Object> responses(Answer answer) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    for (String type : answer.types) {
      content.put(
          type,
          map(
              "schema",
              Schema.find(answer.message) == null
                  ? map("type", "string")
                  : reference(answer.message)));
    }
    Map<String, @Nullable Object> responses = new LinkedHashMap<>();
    for (String code : answer.codes) {
      String description =
          switch (code) {
            case "201" -> "Created";
            case "202" -> "Accepted";
            default -> "OK";
          };
      responses.put(code, map("description", description, "content", content));
    }
    responses.put("401", map("description", "Unauthorized"));
    return responses;
  }

  private static Map<String, @Nullable Object> body(String message) {
    return map(
        "*/*",
        map("schema", Schema.find(message) == null ? map("type", "object") : reference(message)));
  }

  private static Map<String, @Nullable Object> patchBody() {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    for (String type : PATCH_TYPES) {
      content.put(
          type,
          map(
              "schema",
              map("$ref", "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch")));
    }
    return content;
  }

  static Map<String, @Nullable Object> reference(String message) {
    return map("$ref", "#/components/schemas/" + TypeSchemas.name(message));
  }
}
