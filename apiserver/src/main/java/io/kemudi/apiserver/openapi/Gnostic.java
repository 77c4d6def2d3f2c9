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

/// What the protobuf forms of both OpenAPI versions share. They are google/gnostic's messages,
/// written by field number: every map is a list of `Named... { name = 1, value = 2 }`.
final class Gnostic {
  private Gnostic() {}

  /// Writes the parts of one message.
  @FunctionalInterface
  interface Parts {
    void write(CodedOutputStream out) throws IOException;
  }

  /// Writes the message of one value of a map.
  @FunctionalInterface
  interface Value {
    void write(CodedOutputStream out, Map<?, ?> value) throws IOException;
  }

  static byte[] message(Parts parts) {
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

  static void put(CodedOutputStream out, int number, Parts parts) throws IOException {
    out.writeByteArray(number, message(parts));
  }

  static void text(CodedOutputStream out, int number, @Nullable Object value) throws IOException {
    if (value != null) {
      out.writeString(number, value.toString());
    }
  }

  static void texts(CodedOutputStream out, int number, @Nullable Object values) throws IOException {
    for (Object value : list(values)) {
      text(out, number, value);
    }
  }

  static void flag(CodedOutputStream out, int number, @Nullable Object value) throws IOException {
    if (Boolean.TRUE.equals(value)) {
      out.writeBool(number, true);
    }
  }

  /// What bounds a value: thirteen fields of a schema in one order in both versions, beginning with
  /// `multiple_of` at `first`.
  static void limits(CodedOutputStream out, int first, Map<?, ?> schema) throws IOException {
    number(out, first, schema.get("multipleOf"));
    number(out, first + 1, schema.get("maximum"));
    flag(out, first + 2, schema.get("exclusiveMaximum"));
    number(out, first + 3, schema.get("minimum"));
    flag(out, first + 4, schema.get("exclusiveMinimum"));
    count(out, first + 5, schema.get("maxLength"));
    count(out, first + 6, schema.get("minLength"));
    text(out, first + 7, schema.get("pattern"));
    count(out, first + 8, schema.get("maxItems"));
    count(out, first + 9, schema.get("minItems"));
    flag(out, first + 10, schema.get("uniqueItems"));
    count(out, first + 11, schema.get("maxProperties"));
    count(out, first + 12, schema.get("minProperties"));
  }

  private static void number(CodedOutputStream out, int number, @Nullable Object value)
      throws IOException {
    if (value instanceof Number given) {
      out.writeDouble(number, given.doubleValue());
    }
  }

  private static void count(CodedOutputStream out, int number, @Nullable Object value)
      throws IOException {
    if (value instanceof Number given) {
      out.writeInt64(number, given.longValue());
    }
  }

  /// Each entry as a `Named...` in field `number`.
  static void named(CodedOutputStream out, int number, @Nullable Object entries, Value value)
      throws IOException {
    for (var entry : map(entries).entrySet()) {
      put(
          out,
          number,
          named -> {
            text(named, 1, entry.getKey());
            put(named, 2, each -> value.write(each, map(entry.getValue())));
          });
    }
  }

  /// The `x-` keys, each a `NamedAny { name, Any { yaml = 2 } }`; JSON is YAML.
  static void extensions(CodedOutputStream out, int number, Map<?, ?> from) throws IOException {
    for (var entry : from.entrySet()) {
      String name = entry.getKey().toString();
      if (name.startsWith("x-")) {
        put(
            out,
            number,
            named -> {
              text(named, 1, name);
              put(named, 2, any -> yaml(any, entry.getValue()));
            });
      }
    }
  }

  /// The content of an `Any`.
  static void yaml(CodedOutputStream any, @Nullable Object value) throws IOException {
    any.writeString(2, new String(Json.write(value), StandardCharsets.UTF_8) + "\n");
  }

  static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
