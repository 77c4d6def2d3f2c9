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

/// An OpenAPI v2 document as a `Document` of gnostic's package openapi.v2.
final class GnosticV2 {
  /// Method -> field of PathItem.
  private static final Map<String, Integer> METHODS =
      Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "options", 6, "head", 7, "patch", 8);

  private GnosticV2() {}

  static byte[] encode(Map<?, ?> document) {
    return Gnostic.message(out -> {
      text(out, 1, document.get("swagger"));
      put(
          out,
          2,
          info -> {
            text(info, 1, map(document.get("info")).get("title"));
            text(info, 2, map(document.get("info")).get("version"));
          });
      put(out, 8, paths -> named(paths, 2, document.get("paths"), GnosticV2::path));
      put(out, 9, all -> named(all, 1, document.get("definitions"), GnosticV2::schema));
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
      put(out, 9, each -> parameter(each, map(parameter)));
    }
  }

  private static void operation(CodedOutputStream out, Map<?, ?> operation) throws IOException {
    text(out, 5, operation.get("operationId"));
    texts(out, 6, operation.get("produces"));
    texts(out, 7, operation.get("consumes"));
    for (Object parameter : list(operation.get("parameters"))) {
      put(out, 8, each -> parameter(each, map(parameter)));
    }
    put(out, 9, responses -> named(responses, 1, operation.get("responses"), GnosticV2::response));
    extensions(out, 13, operation);
  }

  /// ParametersItem { Parameter { BodyParameter = 1 | NonBodyParameter = 2 { query = 3 | path = 4 }
  /// } }.
  private static void parameter(CodedOutputStream item, Map<?, ?> parameter) throws IOException {
    put(
        item,
        1,
        any -> {
          if ("body".equals(parameter.get("in"))) {
            put(any, 1, body -> body(body, parameter));
          } else {
            boolean query = "query".equals(parameter.get("in"));
            put(
                any,
                2,
                other ->
                    put(
                        other,
                        query ? 3 : 4,
                        out -> {
                          flag(out, 1, parameter.get("required"));
                          text(out, 2, parameter.get("in"));
                          text(out, 4, parameter.get("name"));
                          text(out, query ? 6 : 5, parameter.get("type"));
                          flag(out, query ? 20 : 19, parameter.get("uniqueItems"));
                        }));
          }
        });
  }

  private static void body(CodedOutputStream out, Map<?, ?> parameter) throws IOException {
    text(out, 2, parameter.get("name"));
    text(out, 3, parameter.get("in"));
    flag(out, 4, parameter.get("required"));
    put(out, 5, schema -> schema(schema, map(parameter.get("schema"))));
  }

  private static void response(CodedOutputStream value, Map<?, ?> response) throws IOException {
    put(
        value,
        1,
        out -> {
          text(out, 1, response.get("description"));
          if (response.containsKey("schema")) {
            put(
                out,
                2,
                item -> put(item, 1, schema -> schema(schema, map(response.get("schema")))));
          }
        });
  }

  private static void schema(CodedOutputStream out, Map<?, ?> schema) throws IOException {
    text(out, 1, schema.get("$ref"));
    text(out, 2, schema.get("format"));
    text(out, 3, schema.get("title"));
    text(out, 4, schema.get("description"));
    if (schema.containsKey("default")) {
      put(out, 5, any -> yaml(any, schema.get("default")));
    }
    Gnostic.limits(out, 6, schema);
    texts(out, 19, schema.get("required"));
    for (Object value : list(schema.get("enum"))) {
      put(out, 20, any -> yaml(any, value));
    }
    if (schema.get("additionalProperties") instanceof Boolean any) {
      put(out, 21, item -> item.writeBool(2, any));
    } else if (schema.containsKey("additionalProperties")) {
      put(
          out,
          21,
          item -> put(item, 1, value -> schema(value, map(schema.get("additionalProperties")))));
    }
    if (schema.get("type") != null) {
      put(out, 22, item -> text(item, 1, schema.get("type")));
    }
    if (schema.containsKey("items")) {
      put(out, 23, items -> put(items, 1, item -> schema(item, map(schema.get("items")))));
    }
    if (schema.containsKey("properties")) {
      put(out, 25, all -> named(all, 1, schema.get("properties"), GnosticV2::schema));
    }
    extensions(out, 31, schema);
  }
}
