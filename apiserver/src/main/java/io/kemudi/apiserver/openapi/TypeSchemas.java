package io.kemudi.apiserver.openapi;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.SpecialForm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// OpenAPI v3 schemas of messages, from the schema tables.
final class TypeSchemas {
  private static final String REF = "#/components/schemas/";

  /// Types of which one field at most may be set, told by the value of another field: facts of the
  /// Go types' union tags.
  private static final Map<String, Map<String, @Nullable Object>> UNIONS =
      Map.of(
          "core.v1.AppArmorProfile",
          union("type", "localhostProfile"),
          "core.v1.SeccompProfile",
          union("type", "localhostProfile"),
          "core.v1.PodSchedulingGroup",
          union("", "podGroupName"),
          "flowcontrol.v1.LimitResponse",
          union("type", "queuing"),
          "flowcontrol.v1.PriorityLevelConfigurationSpec",
          union("type", "exempt", "limited"),
          "flowcontrol.v1.Subject",
          union("kind", "group", "serviceAccount", "user"));

  private TypeSchemas() {}

  private static Map<String, @Nullable Object> union(String discriminator, String... fields) {
    Map<String, @Nullable Object> union = new LinkedHashMap<>();
    if (!discriminator.isEmpty()) {
      union.put("discriminator", discriminator);
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (String field : fields) {
      values.put(field, field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1));
    }
    union.put("fields-to-discriminateBy", values);
    return union;
  }

  /// `core.v1.Pod` is `io.k8s.api.core.v1.Pod`: the names that clients look types up by.
  static String name(String message) {
    int dot = message.lastIndexOf('.');
    String alias = message.substring(0, dot);
    String simple = message.substring(dot + 1);
    return switch (alias) {
      case "meta.v1" -> "io.k8s.apimachinery.pkg.apis.meta.v1." + simple;
      case "quantity" -> "io.k8s.apimachinery.pkg.api.resource." + simple;
      case "intstr" -> "io.k8s.apimachinery.pkg.util.intstr." + simple;
      case "runtime" -> "io.k8s.apimachinery.pkg.runtime." + simple;
      case "apiextensions.v1" ->
          "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1." + simple;
      case "apiregistration.v1" -> "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1." + simple;
      default -> "io.k8s.api." + alias + "." + simple;
    };
  }

  /// The schema of a message; `uses` is told of every message it refers to. `gvks` are the group,
  /// version and kind triples it stands for, if any.
  static Map<String, @Nullable Object> of(
      MessageType type, List<@Nullable Object> gvks, Consumer<MessageType> uses) {
    Map<String, @Nullable Object> schema = special(type);
    if (schema == null) {
      schema = object(type, uses);
    }
    if (!gvks.isEmpty()) {
      schema.put("x-kubernetes-group-version-kind", gvks);
    }
    return schema;
  }

  private static Map<String, @Nullable Object> object(
      MessageType type, Consumer<MessageType> uses) {
    Map<String, @Nullable Object> properties = new TreeMap<>();
    if (type.hasTypeMeta()) {
      properties.put("apiVersion", described("string", "apiVersion"));
      properties.put("kind", described("string", "kind"));
    }
    List<@Nullable Object> required = new ArrayList<>();
    for (FieldType field : type.jsonFields()) {
      properties.put(field.jsonName, field(field, uses));
      if (field.required) {
        required.add(field.jsonName);
      }
    }
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    String description = Descriptions.ofType(type.simpleName());
    if (!description.isEmpty()) {
      schema.put("description", description);
    }
    schema.put("type", "object");
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    if (!properties.isEmpty()) {
      schema.put("properties", properties);
    }
    if (type.isAtomic()) {
      schema.put("x-kubernetes-map-type", "atomic");
    }
    Object union = UNIONS.get(type.name());
    if (union != null) {
      schema.put("x-kubernetes-unions", list(union));
    }
    return schema;
  }

  /// Types whose JSON is not an object of their fields.
  private static @Nullable Map<String, @Nullable Object> special(MessageType type) {
    if (type.name().equals("meta.v1.Duration")) {
      return map("type", "string");
    }
    return switch (type.form()) {
      case OBJECT -> null;
      case TIME, MICRO_TIME -> map("type", "string", "format", "date-time");
      case QUANTITY -> map("oneOf", list(map("type", "string"), map("type", "number")));
      case INT_OR_STRING ->
          map(
              "format",
              "int-or-string",
              "oneOf",
              list(map("type", "integer"), map("type", "string")));
      case RAW_JSON -> type.name().startsWith("apiextensions.") ? map() : map("type", "object");
      case STRING_LIST -> map("type", "array", "items", map("type", "string", "default", ""));
      case SCHEMA_OR_BOOL, SCHEMA_OR_ARRAY, SCHEMA_OR_STRING_ARRAY -> map();
    };
  }

  private static Map<String, @Nullable Object> field(FieldType field, Consumer<MessageType> uses) {
    boolean single = !field.isList() && !field.isMap();
    Map<String, @Nullable Object> value = value(field, uses);
    Map<String, @Nullable Object> schema;
    if (field.isList()) {
      schema = map("type", "array", "items", value);
    } else if (field.isMap()) {
      schema = map("type", "object", "additionalProperties", value);
    } else {
      schema = value;
    }
    String description = Descriptions.ofField(field.jsonName);
    Object standard = single ? constant(field) : null;
    if (schema.containsKey("$ref") && (standard != null || !description.isEmpty())) {
      // beside a reference nothing else may stand
      schema = map("allOf", list(map("$ref", schema.get("$ref"))));
    }
    if (!description.isEmpty()) {
      schema.put("description", description);
    }
    if (standard != null) {
      schema.put("default", standard);
    }
    if (!field.enumValues.isEmpty() && single) {
      schema.put("enum", new ArrayList<@Nullable Object>(field.enumValues));
    }
    putTopology(schema, field);
    return schema;
  }

  private static void putTopology(Map<String, @Nullable Object> schema, FieldType field) {
    if (field.isList()) {
      switch (field.topology) {
        case ATOMIC -> schema.put("x-kubernetes-list-type", "atomic");
        case SET -> schema.put("x-kubernetes-list-type", "set");
        case MAP -> {
          schema.put(
              "x-kubernetes-list-map-keys", new ArrayList<@Nullable Object>(field.listMapKeys));
          schema.put("x-kubernetes-list-type", "map");
        }
        case DEFAULT, GRANULAR -> {}
      }
    } else if (field.topology == FieldType.Topology.ATOMIC) {
      boolean bytes = field.kind == FieldType.Kind.BYTES;
      schema.put(bytes ? "x-kubernetes-list-type" : "x-kubernetes-map-type", "atomic");
    } else if (field.topology == FieldType.Topology.GRANULAR) {
      schema.put("x-kubernetes-map-type", "granular");
    }
    if (!field.patchMergeKey.isEmpty()) {
      schema.put("x-kubernetes-patch-merge-key", field.patchMergeKey);
    }
    List<String> strategy = new ArrayList<>(2);
    if (field.patchMerge) {
      strategy.add("merge");
    }
    if (field.patchRetainKeys) {
      strategy.add("retainKeys");
    }
    if (!strategy.isEmpty()) {
      schema.put("x-kubernetes-patch-strategy", String.join(",", strategy));
    }
  }

  /// The value that stands for an absent one: what the table says, else Go's zero of a plain field.
  private static @Nullable Object constant(FieldType field) {
    String json = field.defaultJson;
    if (json != null) {
      return Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }
    boolean plain = field.shape == FieldType.Shape.VALUE && (!field.omitEmpty || field.isMessage());
    if (!plain) {
      return null;
    }
    return switch (field.kind) {
      case STRING -> "";
      case INT32, INT64 -> 0L;
      case BOOL -> false;
      case DOUBLE -> 0L;
      case BYTES -> null;
      case MESSAGE ->
          field.message().form() == SpecialForm.OBJECT && !field.messageName().endsWith("Duration")
              ? new LinkedHashMap<String, @Nullable Object>()
              : null;
    };
  }

  private static Map<String, @Nullable Object> value(FieldType field, Consumer<MessageType> uses) {
    Map<String, @Nullable Object> schema =
        switch (field.kind) {
          case STRING -> map("type", "string");
          case INT32 -> map("type", "integer", "format", "int32");
          case INT64 -> map("type", "integer", "format", "int64");
          case BOOL -> map("type", "boolean");
          case DOUBLE -> map("type", "number", "format", "double");
          case BYTES -> map("type", "string", "format", "byte");
          case MESSAGE -> {
            if (field.message().form() == SpecialForm.STRING_LIST) {
              yield map("type", "array", "items", map("type", "string", "default", ""));
            }
            uses.accept(field.message());
            yield map("$ref", REF + name(field.messageName()));
          }
        };
    if (!field.format.isEmpty() && field.kind != FieldType.Kind.MESSAGE) {
      schema.put("format", field.format);
    }
    if ((field.isList() || field.isMap()) && field.kind == FieldType.Kind.STRING) {
      schema.put("default", "");
    }
    return schema;
  }

  private static Map<String, @Nullable Object> described(String type, String field) {
    Map<String, @Nullable Object> schema = map("type", type);
    schema.put("description", Descriptions.ofField(field));
    return schema;
  }

  static Map<String, @Nullable Object> map(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return map;
  }

  static List<@Nullable Object> list(@Nullable Object... values) {
    List<@Nullable Object> list = new ArrayList<>(values.length);
    for (Object value : values) {
      list.add(value);
    }
    return list;
  }

  /// Types that every document has, because every operation speaks them.
  static final Set<String> COMMON =
      Set.of(
          "meta.v1.Status",
          "meta.v1.DeleteOptions",
          "meta.v1.WatchEvent",
          "meta.v1.APIResourceList");
}
