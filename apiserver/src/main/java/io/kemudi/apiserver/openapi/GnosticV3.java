package io.kemudi.apiserver.openapi;

import static io.kemudi.apiserver.openapi.Gnostic.extensions;
import static io.kemudi.apiserver.openapi.Gnostic.flag;
import static io.kemudi.apiserver.openapi.Gnostic.list;
import static io.kemudi.apiserver.openapi.Gnostic.map;
import static io.kemudi.apiserver.openapi.Gnostic.named;
import static io.kemudi.apiserver.openapi.Gnostic.put;
import static io.kemudi.apiserver.openapi.Gnostic.text;
import static io.kemudi.apiserver.openapi.Gnostic.texts;
import static io.kemudi.apiserver.openapi.Gnostic.yaml;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An OpenAPI v3 document as a `Document` of gnostic's package openapi.v3.
final class GnosticV3 {
  /// Method -> field of PathItem.
  private static final Map<String, Integer> METHODS =
      Map.of("get", 4, "put", 5, "post", 6, "delete", 7, "options", 8, "head", 9, "patch", 10);

  private GnosticV3() {}

  static byte[] encode(Map<?, ?> document) {
    Map<?, ?> info = map(document.get("info"));
    return Gnostic.message(out -> {
      text(out, 1, document.get("openapi"));
      put(
          out,
          2,
          each -> {
            text(each, 1, info.get("title"));
            text(each, 6, info.get("version"));
          });
      put(out, 4, paths -> named(paths, 1, document.get("paths"), GnosticV3::path));
      put(
          out,
          5,
          components ->
              put(
                  components,
                  1,
                  all ->
                      named(
                          all,
                          1,
                          map(document.get("components")).get("schemas"),
                          GnosticV3::schemaOrReference)));
    });
  }

  private static void path(CodedOutputStream out, Map<?, ?> item) throws IOException {
    for (var entry : item.entrySet()) {
      Integer number = METHODS.get(entry.getKey().toString());
      if (number != null) {
        put(out, number, operation -> operation(operation, map(entry.getValue())));
      }
    }
    for (Object parameter : list(item.get("parameters"))) {
      put(out, 13, each -> put(each, 1, one -> parameter(one, map(parameter))));
    }
  }

  private static void operation(CodedOutputStream out, Map<?, ?> operation) throws IOException {
    text(out, 5, operation.get("operationId"));
    for (Object parameter : list(operation.get("parameters"))) {
      put(out, 6, each -> put(each, 1, one -> parameter(one, map(parameter))));
    }
    if (operation.get("requestBody") instanceof Map<?, ?> body) {
      put(
          out,
          7,
          either ->
              put(
                  either,
                  1,
                  one -> {
                    content(one, 2, body.get("content"));
                    flag(one, 3, body.get("required"));
                  }));
    }
    put(
        out,
        8,
        responses ->
            named(
                responses,
                2,
                operation.get("responses"),
                (value, response) ->
                    put(
                        value,
                        1,
                        one -> {
                          text(one, 1, response.get("description"));
                          content(one, 3, response.get("content"));
                        })));
    extensions(out, 13, operation);
  }

  private static void parameter(CodedOutputStream out, Map<?, ?> parameter) throws IOException {
    text(out, 1, parameter.get("name"));
    text(out, 2, parameter.get("in"));
    flag(out, 4, parameter.get("required"));
    put(out, 10, either -> schemaOrReference(either, map(parameter.get("schema"))));
  }

  private static void content(CodedOutputStream out, int number, @Nullable Object content)
      throws IOException {
    if (content != null) {
      put(
          out,
          number,
          types ->
              named(
                  types,
                  1,
                  content,
                  (type, each) ->
                      put(type, 1, either -> schemaOrReference(either, map(each.get("schema"))))));
    }
  }

  private static void schemaOrReference(CodedOutputStream either, Map<?, ?> schema)
      throws IOException {
    if (schema.get("$ref") instanceof String reference) {
      put(either, 2, out -> out.writeString(1, reference));
    } else {
      put(either, 1, out -> schema(out, schema));
    }
  }

  private static void schema(CodedOutputStream out, Map<?, ?> schema) throws IOException {
    flag(out, 1, schema.get("nullable"));
    text(out, 9, schema.get("title"));
    Gnostic.limits(out, 10, schema);
    texts(out, 23, schema.get("required"));
    for (Object value : list(schema.get("enum"))) {
      put(out, 24, any -> yaml(any, value));
    }
    text(out, 25, schema.get("type"));
    for (Object each : list(schema.get("allOf"))) {
      put(out, 26, either -> schemaOrReference(either, map(each)));
    }
    for (Object each : list(schema.get("oneOf"))) {
      put(out, 27, either -> schemaOrReference(either, map(each)));
    }
    for (Object each : list(schema.get("anyOf"))) {
      put(out, 28, either -> schemaOrReference(either, map(each)));
    }
    if (schema.containsKey("not")) {
      put(out, 29, not -> schema(not, map(schema.get("not"))));
    }
    if (schema.containsKey("items")) {
      put(
          out,
          30,
          items -> put(items, 1, either -> schemaOrReference(either, map(schema.get("items")))));
    }
    if (schema.containsKey("properties")) {
      put(out, 31, all -> named(all, 1, schema.get("properties"), GnosticV3::schemaOrReference));
    }
    if (schema.get("additionalProperties") instanceof Boolean any) {
      put(out, 32, item -> item.writeBool(2, any));
    } else if (schema.containsKey("additionalProperties")) {
      put(
          out,
          32,
          item ->
              put(
                  item,
                  1,
                  either -> schemaOrReference(either, map(schema.get("additionalProperties")))));
    }
    standard(out, schema.get("default"));
    text(out, 34, schema.get("description"));
    text(out, 35, schema.get("format"));
    extensions(out, 36, schema);
  }

  /// DefaultType { number = 1, boolean = 2, string = 3 }: it has no place for objects.
  private static void standard(CodedOutputStream out, @Nullable Object value) throws IOException {
    switch (value) {
      case Number number -> put(out, 33, each -> each.writeDouble(1, number.doubleValue()));
      case Boolean flag -> put(out, 33, each -> each.writeBool(2, flag));
      case String text -> put(out, 33, each -> each.writeString(3, text));
      case null, default -> {
        // none, or one that cannot be said here
      }
    }
  }
}
