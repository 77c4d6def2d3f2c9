package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.TypeSchemas.list;
import static io.kemudi.apiserver.openapi.TypeSchemas.map;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The one OpenAPI v2 document, made from the paths and schemas of v3. Old clients (kubectl before
/// 1.27, Helm's older libraries, Terraform's provider) read it.
final class OpenApiV2 {
  private static final String REF = "#/definitions/";

  private OpenApiV2() {}

  /// @param custom definitions in the words of v2, which take the place of `schemas` of that name
  static Map<String, @Nullable Object> document(
      Map<String, @Nullable Object> paths,
      Map<String, @Nullable Object> schemas,
      Map<String, @Nullable Object> custom,
      String version) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("swagger", "2.0");
    document.put("info", map("title", "Kubernetes", "version", version));
    Map<String, @Nullable Object> v2Paths = new TreeMap<>();
    paths.forEach((path, item) -> v2Paths.put(path, item(Gnostic.map(item))));
    document.put("paths", v2Paths);
    Map<String, @Nullable Object> definitions = new TreeMap<>();
    schemas.forEach((name, schema) -> {
      if (!custom.containsKey(name)) {
        definitions.put(name, schema(Gnostic.map(schema)));
      }
    });
    definitions.putAll(custom);
    document.put("definitions", definitions);
    return document;
  }

  private static Map<String, @Nullable Object> item(Map<?, ?> item) {
    Map<String, @Nullable Object> v2 = new LinkedHashMap<>();
    item.forEach((key, value) ->
        v2.put(
            key.toString(),
            key.equals("parameters")
                ? parameters(Gnostic.list(value))
                : operation(Gnostic.map(value))));
    return v2;
  }

  private static Map<String, @Nullable Object> operation(Map<?, ?> operation) {
    List<@Nullable Object> parameters = parameters(Gnostic.list(operation.get("parameters")));
    Map<String, @Nullable Object> v2 = new LinkedHashMap<>();
    if (operation.get("requestBody") instanceof Map<?, ?> body) {
      Map<?, ?> content = Gnostic.map(body.get("content"));
      v2.put("consumes", new ArrayList<@Nullable Object>(content.keySet()));
      parameters.addFirst(
          map(
              "in",
              "body",
              "name",
              "body",
              "required",
              Boolean.TRUE.equals(body.get("required")),
              "schema",
              schemaOf(content)));
    }
    Map<?, ?> responses = Gnostic.map(operation.get("responses"));
    Map<?, ?> ok = Gnostic.map(responses.get("200"));
    v2.put("produces", new ArrayList<@Nullable Object>(Gnostic.map(ok.get("content")).keySet()));
    v2.put("operationId", operation.get("operationId"));
    v2.put("parameters", parameters);
    Map<String, @Nullable Object> answers = new LinkedHashMap<>();
    responses.forEach((code, response) -> {
      Map<String, @Nullable Object> answer =
          map("description", Gnostic.map(response).get("description"));
      Map<?, ?> content = Gnostic.map(Gnostic.map(response).get("content"));
      if (!content.isEmpty()) {
        answer.put("schema", schemaOf(content));
      }
      answers.put(code.toString(), answer);
    });
    v2.put("responses", answers);
    operation.forEach((key, value) -> {
      if (key.toString().startsWith("x-")) {
        v2.put(key.toString(), value);
      }
    });
    return v2;
  }

  /// In v2 all media types share one schema.
  private static Map<String, @Nullable Object> schemaOf(Map<?, ?> content) {
    Object first = content.values().iterator().next();
    return schema(Gnostic.map(Gnostic.map(first).get("schema")));
  }

  private static List<@Nullable Object> parameters(List<?> v3) {
    List<@Nullable Object> v2 = list();
    for (Object each : v3) {
      Map<String, @Nullable Object> parameter = new LinkedHashMap<>();
      Gnostic.map(each)
          .forEach((key, value) -> {
            if (key.equals("schema")) {
              Gnostic.map(value).forEach((name, part) -> parameter.put(name.toString(), part));
            } else {
              parameter.put(key.toString(), value);
            }
          });
      v2.add(parameter);
    }
    return v2;
  }

  /// v2 has no defaults here, no alternatives (what may be several things is called a string), and
  /// lets words stand beside a reference.
  static Map<String, @Nullable Object> schema(Map<?, ?> v3) {
    Map<String, @Nullable Object> v2 = new LinkedHashMap<>();
    if (v3.containsKey("oneOf")) {
      v2.put("type", "string");
    }
    v3.forEach((key, value) -> {
      switch (key.toString()) {
        case "$ref" -> v2.put("$ref", reference(value));
        case "allOf" ->
            v2.put("$ref", reference(Gnostic.map(Gnostic.list(value).getFirst()).get("$ref")));
        case "oneOf", "default" -> {
          // not said in v2
        }
        case "items", "additionalProperties" -> v2.put(key.toString(), schema(Gnostic.map(value)));
        case "properties" -> {
          Map<String, @Nullable Object> properties = new LinkedHashMap<>();
          Gnostic.map(value)
              .forEach((name, each) -> properties.put(name.toString(), schema(Gnostic.map(each))));
          v2.put("properties", properties);
        }
        default -> v2.put(key.toString(), value);
      }
    });
    return v2;
  }

  private static String reference(@Nullable Object v3) {
    String text = String.valueOf(v3);
    return REF + text.substring(text.lastIndexOf('/') + 1);
  }
}
