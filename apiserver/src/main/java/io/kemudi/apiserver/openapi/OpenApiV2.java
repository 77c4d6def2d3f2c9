package io.kemudi.apiserver.openapi;

import com.google.protobuf.CodedOutputStream;
import io.kemudi.apimachinery.codec.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The OpenAPI v2 document in the protobuf form that old clients (kubectl before 1.27) ask for: a
/// `Document` of gnostic's openapi.v2, written by field number. It has the definitions, which those
/// clients validate and merge by, and of the paths what tells them that dry runs are possible.
final class OpenApiV2 {
  static final String MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

  /// What the answer is called: Go's parser of media types refuses the `@` of the name it is asked
  /// by.
  static final String ANSWER_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final String REF = "#/definitions/";

  private OpenApiV2() {}

  /// Writes the parts of one message.
  @FunctionalInterface
  private interface Parts {
    void write(CodedOutputStream out) throws IOException;
  }

  /// `definitions`: name -> v3 schema; `kinds`: the group, version and kind triples that can be
  /// patched, each with its path.
  static byte[] document(
      Map<String, @Nullable Object> definitions,
      Map<String, Map<String, @Nullable Object>> kinds,
      String version) {
    return message(document -> {
      document.writeString(1, "2.0");
      put(
          document,
          2,
          info -> {
            info.writeString(1, "Kubernetes");
            info.writeString(2, version);
          });
      put(
          document,
          8,
          paths -> {
            for (var kind : kinds.entrySet()) {
              put(paths, 2, named -> path(named, kind.getKey(), kind.getValue()));
            }
          });
      put(
          document,
          9,
          all -> {
            for (var definition : definitions.entrySet()) {
              put(all, 1, named -> namedSchema(named, definition.getKey(), definition.getValue()));
            }
          });
    });
  }

  /// NamedPathItem { name, PathItem { patch = 8: Operation } }.
  private static void path(CodedOutputStream named, String path, Map<String, @Nullable Object> gvk)
      throws IOException {
    named.writeString(1, path);
    put(
        named,
        2,
        item ->
            put(
                item,
                8,
                operation -> {
                  operation.writeString(5, "patch" + path.replaceAll("[^A-Za-z0-9]", ""));
                  put(operation, 8, OpenApiV2::dryRun);
                  extension(operation, 13, "x-kubernetes-group-version-kind", gvk);
                }));
  }

  /// ParametersItem { parameter = 1: Parameter { non_body = 2: { query = 3: { ... } } } }.
  private static void dryRun(CodedOutputStream item) throws IOException {
    put(
        item,
        1,
        parameter ->
            put(
                parameter,
                2,
                nonBody ->
                    put(
                        nonBody,
                        3,
                        query -> {
                          query.writeString(2, "query");
                          query.writeString(4, "dryRun");
                          query.writeString(6, "string");
                        })));
  }

  private static void namedSchema(CodedOutputStream named, String name, @Nullable Object schema)
      throws IOException {
    named.writeString(1, name);
    put(named, 2, out -> schema(out, schema));
  }

  private static void schema(CodedOutputStream out, @Nullable Object given) throws IOException {
    Map<?, ?> schema = given instanceof Map<?, ?> map ? map : Map.of();
    Object reference = schema.get("$ref");
    if (schema.get("allOf") instanceof List<?> all && all.getFirst() instanceof Map<?, ?> only) {
      reference = only.get("$ref");
    }
    if (reference != null) {
      String text = reference.toString();
      out.writeString(1, REF + text.substring(text.lastIndexOf('/') + 1));
    }
    if (schema.get("format") != null) {
      out.writeString(2, schema.get("format").toString());
    }
    if (schema.get("description") != null) {
      out.writeString(4, schema.get("description").toString());
    }
    if (schema.get("required") instanceof List<?> required) {
      for (Object name : required) {
        out.writeString(19, name.toString());
      }
    }
    if (schema.get("additionalProperties") != null) {
      put(
          out,
          21,
          item -> put(item, 1, value -> schema(value, schema.get("additionalProperties"))));
    }
    // v2 knows no alternatives; what may be several things is called a string
    Object type = schema.containsKey("oneOf") ? "string" : schema.get("type");
    if (type != null) {
      put(out, 22, item -> item.writeString(1, type.toString()));
    }
    if (schema.get("items") != null) {
      put(out, 23, items -> put(items, 1, item -> schema(item, schema.get("items"))));
    }
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      put(
          out,
          25,
          all -> {
            for (var property : properties.entrySet()) {
              put(
                  all,
                  1,
                  named -> namedSchema(named, property.getKey().toString(), property.getValue()));
            }
          });
    }
    for (var field : schema.entrySet()) {
      if (field.getKey().toString().startsWith("x-")) {
        extension(out, 31, field.getKey().toString(), field.getValue());
      }
    }
  }

  /// NamedAny { name, Any { yaml = 2 } }; JSON is YAML.
  private static void extension(
      CodedOutputStream out, int number, String name, @Nullable Object value) throws IOException {
    put(
        out,
        number,
        named -> {
          named.writeString(1, name);
          put(
              named,
              2,
              any ->
                  any.writeString(2, new String(Json.write(value), StandardCharsets.UTF_8) + "\n"));
        });
  }

  private static void put(CodedOutputStream out, int number, Parts parts) throws IOException {
    out.writeByteArray(number, message(parts));
  }

  private static byte[] message(Parts parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      parts.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
