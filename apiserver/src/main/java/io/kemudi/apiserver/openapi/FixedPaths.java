package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.TypeSchemas.map;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The paths that are no resource's: discovery, the version and the keys of service account tokens.
/// Each group of them is a document of OpenAPI v3.
final class FixedPaths {
  private static final List<String> OBJECT_TYPES =
      List.of("application/json", "application/vnd.kubernetes.protobuf", "application/yaml");
  private static final List<String> JSON = List.of("application/json");

  /// @param message "" for text
  private record Fixed(String path, String id, List<String> types, String message) {}

  private FixedPaths() {}

  /// Document -> its paths, for what these documents of resources (`api/v1`, `apis/apps/v1`) need
  /// around them.
  static Map<String, Map<String, @Nullable Object>> around(Iterable<String> documents) {
    Map<String, Map<String, @Nullable Object>> all = new TreeMap<>();
    add(all, "api", new Fixed("/api/", "getCoreAPIVersions", OBJECT_TYPES, "meta.v1.APIVersions"));
    add(all, "apis", new Fixed("/apis/", "getAPIVersions", OBJECT_TYPES, "meta.v1.APIGroupList"));
    TreeSet<String> groups = new TreeSet<>();
    for (String document : documents) {
      String[] parts = document.split("/", -1);
      String group = parts.length == 3 ? parts[1] : "";
      String name = ResourcePaths.groupName(group);
      if (!group.isEmpty() && groups.add(group)) {
        add(
            all,
            "apis/" + group,
            new Fixed(
                "/apis/" + group + "/",
                "get" + name + "APIGroup",
                OBJECT_TYPES,
                "meta.v1.APIGroup"));
      }
      String version = parts[parts.length - 1];
      String id =
          "get"
              + name
              + version.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
              + version.substring(1)
              + "APIResources";
      add(
          all,
          document,
          new Fixed("/" + document + "/", id, OBJECT_TYPES, "meta.v1.APIResourceList"));
    }
    add(all, "version", new Fixed("/version/", "getCodeVersion", JSON, ""));
    add(
        all,
        ".well-known/openid-configuration",
        new Fixed(
            "/.well-known/openid-configuration/",
            "getServiceAccountIssuerOpenIDConfiguration",
            JSON,
            ""));
    add(
        all,
        "openid/v1/jwks",
        new Fixed(
            "/openid/v1/jwks/",
            "getServiceAccountIssuerOpenIDKeyset",
            List.of("application/jwk-set+json"),
            ""));
    return all;
  }

  private static void add(
      Map<String, Map<String, @Nullable Object>> all, String document, Fixed fixed) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    for (String type : fixed.types) {
      content.put(
          type,
          map(
              "schema",
              fixed.message.isEmpty()
                  ? map("type", "string")
                  : ResourcePaths.reference(fixed.message)));
    }
    Map<String, @Nullable Object> operation = new LinkedHashMap<>();
    operation.put("operationId", fixed.id);
    operation.put(
        "responses",
        map(
            "200", map("description", "OK", "content", content),
            "401", map("description", "Unauthorized")));
    all.computeIfAbsent(document, _ -> new TreeMap<>()).put(fixed.path, map("get", operation));
  }
}
