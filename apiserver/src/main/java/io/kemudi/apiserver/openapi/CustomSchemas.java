package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.TypeSchemas.list;
import static io.kemudi.apiserver.openapi.TypeSchemas.map;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apiserver.registry.CustomVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The schemas of custom kinds: what their definitions say, with the metadata that every object
/// has.
final class CustomSchemas {
  /// Types that every document of custom resources has.
  static final Set<String> COMMON =
      Set.of("meta.v1.Status", "meta.v1.DeleteOptions", "meta.v1.ObjectMeta", "meta.v1.ListMeta");

  private static final String EMBEDDED = "x-kubernetes-embedded-resource";
  private static final String PRESERVED = "x-kubernetes-preserve-unknown-fields";
  private static final String INT_OR_STRING = "x-kubernetes-int-or-string";

  private CustomSchemas() {}

  /// `dev.g.v1.Widget` of group `g.dev`.
  static String name(ResourceInfo info) {
    return name(info, info.kind());
  }

  static String listName(ResourceInfo info) {
    return name(info, info.listKind());
  }

  private static String name(ResourceInfo info, String kind) {
    List<String> parts = Arrays.asList(info.group().split("\\.", -1));
    Collections.reverse(parts);
    return String.join(".", parts) + "." + info.version() + "." + kind;
  }

  static Map<String, @Nullable Object> reference(String component) {
    return map("$ref", "#/components/schemas/" + component);
  }

  /// The schema of the kind in OpenAPI v3.
  static Map<String, @Nullable Object> version3(ResourceInfo info, CustomVersion version) {
    Map<String, @Nullable Object> schema =
        rewritten(version.schema().structure().tree(), CustomSchemas::forVersion3);
    addMeta(schema, UnaryOperator.identity());
    schema.put("x-kubernetes-group-version-kind", list(gvk(info, info.kind())));
    return schema;
  }

  static Map<String, @Nullable Object> listSchema(ResourceInfo info) {
    Map<String, @Nullable Object> properties = new TreeMap<>();
    properties.put("apiVersion", described("apiVersion"));
    properties.put("kind", described("kind"));
    properties.put("metadata", metadata("meta.v1.ListMeta"));
    properties.put(
        "items",
        map(
            "type",
            "array",
            "items",
            reference(name(info)),
            "description",
            Descriptions.ofField("items")));
    return map(
        "description",
        info.listKind() + " is a list of " + info.kind(),
        "type",
        "object",
        "required",
        list("items"),
        "properties",
        properties,
        "x-kubernetes-group-version-kind",
        list(gvk(info, info.listKind())));
  }

  /// The definition of the kind in OpenAPI v2. Nothing is told of a kind that lets all fields
  /// through: kubectl would refuse what it does not find.
  static Map<String, @Nullable Object> version2(ResourceInfo info, CustomVersion version) {
    Map<String, @Nullable Object> schema;
    if (version.schema().structure().preservesUnknownFields()) {
      schema = map("type", "object");
    } else {
      schema = rewritten(version.schema().structure().tree(), CustomSchemas::forVersion2);
      addMeta(schema, OpenApiV2::schema);
    }
    schema.put("x-kubernetes-group-version-kind", list(gvk(info, info.kind())));
    return schema;
  }

  // ---- nodes ----

  /// A copy of a schema and all schemas of values in it; each is first changed by `change`.
  private static Map<String, @Nullable Object> rewritten(
      Map<String, @Nullable Object> tree,
      Function<Map<String, @Nullable Object>, Map<String, @Nullable Object>> change) {
    Map<String, @Nullable Object> schema = change.apply(Trees.copyObject(tree));
    for (String name : List.of("items", "additionalProperties")) {
      Map<String, @Nullable Object> child = Trees.objectOrNull(schema.get(name));
      if (child != null) {
        schema.put(name, rewritten(child, change));
      }
    }
    Map<String, @Nullable Object> properties = Trees.objectOrNull(schema.get("properties"));
    if (properties != null) {
      properties.replaceAll((_, each) -> {
        Map<String, @Nullable Object> child = Trees.objectOrNull(each);
        return child == null ? each : rewritten(child, change);
      });
    }
    return schema;
  }

  private static boolean is(Map<String, @Nullable Object> schema, String flag) {
    return Boolean.TRUE.equals(schema.get(flag));
  }

  private static Map<String, @Nullable Object> forVersion3(Map<String, @Nullable Object> schema) {
    if (is(schema, INT_OR_STRING)) {
      unfold(schema);
    }
    if (is(schema, EMBEDDED)) {
      addMeta(schema, UnaryOperator.identity());
    }
    return schema;
  }

  /// Readers that do not know the extension are told the two types.
  private static void unfold(Map<String, @Nullable Object> schema) {
    List<@Nullable Object> both = list(map("type", "integer"), map("type", "string"));
    Object any = schema.get("anyOf");
    Object all = schema.get("allOf");
    boolean said =
        any != null && any.equals(both) || all != null && all.toString().contains("anyOf");
    if (said) {
      return;
    }
    if (any == null) {
      schema.put("anyOf", both);
    } else {
      List<@Nullable Object> more = new ArrayList<>();
      List<@Nullable Object> known = Trees.listOrNull(all);
      if (known != null) {
        more.addAll(known);
      }
      more.add(map("anyOf", both));
      schema.put("allOf", more);
    }
  }

  /// Drops what v2 has no words for, and what kubectl misreads in it: the form of values that may
  /// be null or hold what is not declared.
  private static Map<String, @Nullable Object> forVersion2(Map<String, @Nullable Object> schema) {
    List.of("allOf", "oneOf", "anyOf", "not").forEach(schema::remove);
    boolean preserved = is(schema, PRESERVED);
    boolean untyped = is(schema, "nullable");
    schema.remove("nullable");
    if (untyped || preserved) {
      schema.remove("items");
      schema.remove("properties");
    }
    Object type = schema.get("type");
    if (untyped
        || "array".equals(type) && !schema.containsKey("items")
        || "object".equals(type) && preserved) {
      schema.remove("type");
    }
    dropNullableFromRequired(schema);
    if (is(schema, EMBEDDED) && !preserved) {
      addMeta(schema, OpenApiV2::schema);
    }
    return schema;
  }

  private static void dropNullableFromRequired(Map<String, @Nullable Object> schema) {
    List<@Nullable Object> required = Trees.listOrNull(schema.get("required"));
    if (required == null) {
      return;
    }
    Map<String, @Nullable Object> values = Trees.objectOrNull(schema.get("additionalProperties"));
    Map<String, @Nullable Object> fields = Trees.objectOrNull(schema.get("properties"));
    boolean allMayBeNull = values != null && is(values, "nullable");
    List<@Nullable Object> rest = new ArrayList<>(required);
    rest.removeIf(name -> {
      Map<String, @Nullable Object> field =
          fields == null ? null : Trees.objectOrNull(fields.get(String.valueOf(name)));
      return allMayBeNull || field != null && is(field, "nullable");
    });
    if (rest.isEmpty()) {
      schema.remove("required");
    } else {
      schema.put("required", rest);
    }
  }

  // ---- what every object has ----

  private static void addMeta(
      Map<String, @Nullable Object> schema, UnaryOperator<Map<String, @Nullable Object>> words) {
    Map<String, @Nullable Object> properties = new TreeMap<>();
    Map<String, @Nullable Object> declared = Trees.objectOrNull(schema.get("properties"));
    if (declared != null) {
      properties.putAll(declared);
    }
    properties.put("apiVersion", described("apiVersion"));
    properties.put("kind", described("kind"));
    properties.put("metadata", words.apply(metadata("meta.v1.ObjectMeta")));
    schema.put("properties", properties);
  }

  private static Map<String, @Nullable Object> described(String field) {
    return map("type", "string", "description", Descriptions.ofField(field));
  }

  /// Beside a reference nothing else may stand in v3.
  private static Map<String, @Nullable Object> metadata(String message) {
    return map(
        "allOf",
        list(reference(TypeSchemas.name(message))),
        "description",
        Descriptions.ofField("metadata"));
  }

  private static Map<String, @Nullable Object> gvk(ResourceInfo info, String kind) {
    return map("group", info.group(), "kind", kind, "version", info.version());
  }
}
