package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.TypeSchemas.map;

import io.kemudi.apimachinery.kinds.ResourceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The paths and operations of one version of a custom resource. They differ from those of other
/// resources: no protobuf, no strategic merge patch, no paths of their own for watches.
final class CustomPaths {
  private static final List<String> TYPES = List.of("application/json", "application/yaml");
  private static final List<String> PATCH_TYPES =
      List.of(
          "application/apply-patch+yaml",
          "application/json-patch+json",
          "application/merge-patch+json");
  private static final List<String> GET = List.of("pretty", "resourceVersion");
  private static final String PATCH_SCHEMA = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
  private static final String STATUS = TypeSchemas.name("meta.v1.Status");
  private static final String DELETE_OPTIONS = TypeSchemas.name("meta.v1.DeleteOptions");

  private final Map<String, @Nullable Object> paths;
  private final ResourceInfo info;
  private final String groupVersion;
  private final String namespaced;

  /// What an operation reads: the component of its body in each of the media types.
  private record Reads(String component, List<String> types, boolean required) {
    static final Reads NOTHING = new Reads("", List.of(), false);
  }

  private CustomPaths(Map<String, @Nullable Object> paths, ResourceInfo info) {
    this.paths = paths;
    this.info = info;
    this.groupVersion =
        ResourcePaths.groupName(info.group()) + ResourcePaths.capitalized(info.version());
    this.namespaced = info.namespaced() ? "Namespaced" : "";
  }

  /// @param base `/apis/GROUP/VERSION`
  static void add(Map<String, @Nullable Object> paths, String base, ResourceInfo info) {
    new CustomPaths(paths, info).add(base);
  }

  private void add(String base) {
    String own = CustomSchemas.name(info);
    String list = CustomSchemas.listName(info);
    String collection =
        base + (info.namespaced() ? "/namespaces/{namespace}/" : "/") + info.resource();
    if (info.namespaced()) {
      String id = "list" + groupVersion + info.kind() + "ForAllNamespaces";
      String all = base + "/" + info.resource();
      operation(all, "get", "list", id, ResourcePaths.LIST, Reads.NOTHING, list, "200");
    }
    Reads object = new Reads(own, TYPES, true);
    operation(
        collection, "get", "list", id("list", ""), ResourcePaths.LIST, Reads.NOTHING, list, "200");
    operation(
        collection,
        "post",
        "post",
        id("create", ""),
        ResourcePaths.WRITE,
        object,
        own,
        "200",
        "201",
        "202");
    operation(
        collection,
        "delete",
        "deletecollection",
        "delete" + groupVersion + "Collection" + namespaced + info.kind(),
        ResourcePaths.LIST,
        Reads.NOTHING,
        STATUS,
        "200");
    String named = collection + "/{name}";
    readAndWrite(named, "", own);
    operation(
        named,
        "delete",
        "delete",
        id("delete", ""),
        ResourcePaths.DELETE,
        new Reads(DELETE_OPTIONS, TYPES, false),
        STATUS,
        "200",
        "202");
    for (String name : info.subresources().keySet()) {
      String shown = name.equals("scale") ? TypeSchemas.name("autoscaling.v1.Scale") : own;
      readAndWrite(named + "/" + name, ResourcePaths.capitalized(name), shown);
    }
  }

  private String id(String verb, String part) {
    return verb + groupVersion + namespaced + info.kind() + part;
  }

  private void readAndWrite(String path, String part, String component) {
    operation(path, "get", "get", id("read", part), GET, Reads.NOTHING, component, "200");
    operation(
        path,
        "put",
        "put",
        id("replace", part),
        ResourcePaths.WRITE,
        new Reads(component, TYPES, true),
        component,
        "200",
        "201");
    operation(
        path,
        "patch",
        "patch",
        id("patch", part),
        ResourcePaths.PATCH,
        new Reads(PATCH_SCHEMA, PATCH_TYPES, true),
        component,
        "200");
  }

  private void operation(
      String path,
      String method,
      String action,
      String id,
      List<String> query,
      Reads reads,
      String answers,
      String... codes) {
    List<@Nullable Object> parameters = new ArrayList<>();
    query.forEach(each -> parameters.add(ResourcePaths.parameter(each)));
    Map<String, @Nullable Object> operation = new LinkedHashMap<>();
    operation.put("operationId", id);
    operation.put("parameters", parameters);
    if (!reads.types.isEmpty()) {
      Map<String, @Nullable Object> body = map("content", content(reads.component, reads.types));
      if (reads.required) {
        body.put("required", true);
      }
      operation.put("requestBody", body);
    }
    operation.put("responses", responses(answers, codes));
    operation.put("x-kubernetes-action", action);
    operation.put(
        "x-kubernetes-group-version-kind",
        map("group", info.group(), "version", info.version(), "kind", info.kind()));
    ResourcePaths.item(paths, path).put(method, operation);
  }

  private static Map<String, @Nullable Object> responses(String component, String... codes) {
    Map<String, @Nullable Object> responses = new LinkedHashMap<>();
    for (String code : codes) {
      String description =
          switch (code) {
            case "201" -> "Created";
            case "202" -> "Accepted";
            default -> "OK";
          };
      responses.put(code, map("description", description, "content", content(component, TYPES)));
    }
    responses.put("401", map("description", "Unauthorized"));
    return responses;
  }

  private static Map<String, @Nullable Object> content(String component, List<String> types) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    for (String type : types) {
      content.put(type, map("schema", CustomSchemas.reference(component)));
    }
    return content;
  }
}
