package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes a tree as protobuf, last field first. One use per instance.
final class TreeEncoder {
  private static final int FIRST_VARINT = 1 << 3;
  private static final int SECOND_VARINT = 2 << 3;
  private static final int FIRST_BYTES = 1 << 3 | 2;
  private static final int SECOND_BYTES = 2 << 3 | 2;
  private static final int THIRD_BYTES = 3 << 3 | 2;
  private static final byte[] NOTHING = {};
  private static final Set<String> NUMBERS = Set.of("int32", "int64", "int", "float64");

  /// A value that does not fit; gains its path on the way up. `path` has the positions in lists and
  /// the keys of maps, `goPath` only the names of fields, as upstream tells it.
  private static final class Mismatch extends RuntimeException {
    final String problem;
    final String wanted;
    final String shown;
    final String kind;
    String owner = "";
    String path = "";
    String goPath = "";

    /// @param problem all that is to say, or the JSON type that was there when `wanted` is not ""
    /// @param wanted the Go type that should have been there, or ""
    /// @param shown the value as the answer shows it, or ""
    /// @param kind the Go kind of what was there, or ""
    Mismatch(String problem, String wanted, String shown, String kind) {
      super(problem, null, false, false);
      this.kind = kind;
      this.problem = problem;
      this.wanted = wanted;
      this.shown = shown;
    }

    Mismatch under(String step) {
      path = step + (path.isEmpty() || path.startsWith("[") ? "" : ".") + path;
      return this;
    }

    Mismatch under(MessageType type, FieldType field) {
      owner = owner.isEmpty() ? type.simpleName() : owner;
      goPath = goPath.isEmpty() ? field.jsonName : field.jsonName + "." + goPath;
      return under(field.jsonName);
    }

    /// Upstream's words, then the exact place and what stands there.
    String text() {
      String into = goPath.isEmpty() ? "value" : "struct field " + owner + "." + goPath;
      String told =
          wanted.isEmpty()
              ? problem
              : "json: cannot unmarshal " + problem + " into Go " + into + " of type " + wanted;
      return told + place();
    }

    /// As upstream tells it of a tree that it has at hand.
    String restoring() {
      return wanted.isEmpty() ? text() : GoTypes.restoring(kind, wanted) + place();
    }

    private String place() {
      String place = path + (path.isEmpty() || shown.isEmpty() ? "" : ": ") + shown;
      return place.isEmpty() ? "" : " (at " + place + ")";
    }
  }

  private final WireOutput out = new WireOutput(2048);

  byte[] encode(MessageType type, Map<String, @Nullable Object> tree) {
    try {
      fields(type, type, tree, 0);
    } catch (Mismatch e) {
      throw new CodecException(e.text(), e.restoring());
    }
    return out.toByteArray();
  }

  /// @param owner the type that JSON shows the fields in: another one when `type` is inlined
  private void fields(MessageType owner, MessageType type, Map<?, ?> tree, int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new Mismatch("nested more than " + Json.MAX_DEPTH + " deep", "", "", "");
    }
    for (int i = type.fieldCount() - 1; i >= 0; i--) {
      FieldType field = type.fieldByWireOrder(i);
      if (field.inline && field.isMessage()) {
        int mark = out.mark();
        fields(owner, field.message(), tree, depth + 1);
        out.closeMessage(field.tag, mark);
        continue;
      }
      if (field.isContent()) {
        out.lengthDelimited(field.tag, Content.encode(type, tree));
        continue;
      }
      try {
        field(field, tree.get(field.jsonName), depth);
      } catch (Mismatch e) {
        throw e.under(owner, field);
      }
    }
  }

  private void field(FieldType field, @Nullable Object value, int depth) {
    switch (field.shape) {
      case VALUE -> single(field, field.tag, value, depth);
      case POINTER -> {
        if (value != null) {
          single(field, field.tag, value, depth);
        }
      }
      case LIST -> list(field, value, depth);
      case MAP -> map(field, value, depth);
    }
  }

  private void list(FieldType field, @Nullable Object value, int depth) {
    if (value == null) {
      return;
    }
    if (!(value instanceof List<?> list)) {
      throw mismatch(value, GoTypes.list(field));
    }
    for (int i = list.size() - 1; i >= 0; i--) {
      try {
        single(field, field.tag, list.get(i), depth);
      } catch (Mismatch e) {
        throw e.under("[" + i + "]");
      }
    }
  }

  private void map(FieldType field, @Nullable Object value, int depth) {
    if (value == null) {
      return;
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw mismatch(value, GoTypes.map(field));
    }
    if (map.isEmpty()) {
      return;
    }
    int valueTag = 2 << 3 | elementWireType(field);
    var keys = new ArrayList<String>(map.size());
    map.keySet().forEach(key -> keys.add((String) key));
    keys.sort(Utf8.ORDER);
    for (String key : keys.reversed()) {
      int mark = out.mark();
      try {
        single(field, valueTag, map.get(key), depth);
      } catch (Mismatch e) {
        throw e.under("[" + key + "]");
      }
      out.lengthDelimited(FIRST_BYTES, key.getBytes(StandardCharsets.UTF_8));
      out.closeMessage(field.tag, mark);
    }
  }

  private static int elementWireType(FieldType field) {
    return switch (field.kind) {
      case INT32, INT64, BOOL -> 0;
      case DOUBLE -> 1;
      case STRING, BYTES, MESSAGE -> 2;
    };
  }

  /// One value; null is the zero value, which bytes do not have.
  private void single(FieldType field, int tag, @Nullable Object value, int depth) {
    switch (field.kind) {
      case STRING -> out.lengthDelimited(tag, text(value).getBytes(StandardCharsets.UTF_8));
      case INT32 -> out.varint(tag, whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "int32"));
      case INT64 -> out.varint(tag, whole(value, Long.MIN_VALUE, Long.MAX_VALUE, "int64"));
      case BOOL -> out.varint(tag, bool(value) ? 1 : 0);
      case DOUBLE -> out.fixed64(tag, number(value));
      case BYTES -> {
        if (value != null) {
          out.lengthDelimited(tag, base64(value));
        }
      }
      case MESSAGE -> {
        int mark = out.mark();
        message(field.message(), value, depth + 1);
        out.closeMessage(tag, mark);
      }
    }
  }

  private void message(MessageType type, @Nullable Object value, int depth) {
    switch (type.form()) {
      case OBJECT -> fields(type, type, object(type, value), depth);
      case TIME -> time(value, false);
      case MICRO_TIME -> time(value, true);
      case QUANTITY -> out.lengthDelimited(FIRST_BYTES, quantity(value));
      case INT_OR_STRING -> intOrString(value);
      case RAW_JSON -> {
        if (value != null) {
          out.lengthDelimited(FIRST_BYTES, Json.write(value));
        }
      }
      case STRING_LIST -> strings(FIRST_BYTES, value);
      case SCHEMA_OR_BOOL -> {
        if (value instanceof Map<?, ?>) {
          schema(SECOND_BYTES, type, value, depth);
          out.varint(FIRST_VARINT, 1);
        } else {
          out.varint(FIRST_VARINT, bool(value) ? 1 : 0);
        }
      }
      case SCHEMA_OR_ARRAY -> {
        if (value instanceof List<?> list) {
          list.reversed().forEach(item -> schema(SECOND_BYTES, type, item, depth));
        } else if (value != null) {
          schema(FIRST_BYTES, type, value, depth);
        }
      }
      case SCHEMA_OR_STRING_ARRAY -> {
        if (value instanceof List<?>) {
          strings(SECOND_BYTES, value);
        } else if (value != null) {
          schema(FIRST_BYTES, type, value, depth);
        }
      }
    }
  }

  private void schema(int tag, MessageType choice, @Nullable Object value, int depth) {
    int mark = out.mark();
    MessageType schema = SpecialForms.schemaOf(choice);
    fields(schema, schema, object(schema, value), depth + 1);
    out.closeMessage(tag, mark);
  }

  private void time(@Nullable Object value, boolean micro) {
    if (value == null) {
      return;
    }
    Instant time;
    String text = text(value);
    try {
      time = Timestamps.parse(text, micro);
    } catch (CodecException _) {
      throw new Mismatch(TimeProblems.of(text, micro), "", "", "");
    }
    int nanos = micro ? time.getNano() / 1000 * 1000 : 0;
    if (time.getEpochSecond() == Timestamps.ZERO_SECONDS && time.getNano() == 0) {
      return;
    }
    out.varint(SECOND_VARINT, nanos);
    out.varint(FIRST_VARINT, time.getEpochSecond());
  }

  private byte[] quantity(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "0";
          case String string -> string;
          case Long number -> number.toString();
          case Double number -> GoNumbers.format(number);
          default -> "";
        };
    try {
      return Quantity.canonical(text).getBytes(StandardCharsets.US_ASCII);
    } catch (QuantityFormatException e) {
      throw new Mismatch(String.valueOf(e.getMessage()), "", shown(value), "");
    }
  }

  private void intOrString(@Nullable Object value) {
    boolean isText = value instanceof String;
    out.lengthDelimited(
        THIRD_BYTES, isText ? text(value).getBytes(StandardCharsets.UTF_8) : NOTHING);
    long number = isText ? 0 : whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "int");
    out.varint(SECOND_VARINT, number);
    out.varint(FIRST_VARINT, isText ? 1 : 0);
  }

  private void strings(int tag, @Nullable Object value) {
    if (value == null) {
      return;
    }
    if (!(value instanceof List<?> list)) {
      throw mismatch(value, "[]string");
    }
    for (int i = list.size() - 1; i >= 0; i--) {
      out.lengthDelimited(tag, text(list.get(i)).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Map<?, ?> object(MessageType type, @Nullable Object value) {
    return switch (value) {
      case null -> Map.of();
      case Map<?, ?> map -> map;
      default -> throw mismatch(value, GoTypes.of(type));
    };
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      default -> throw mismatch(value, "string");
    };
  }

  private static boolean bool(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      default -> throw mismatch(value, "bool");
    };
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Number number -> number.doubleValue();
      default -> throw mismatch(value, "float64");
    };
  }

  private static long whole(@Nullable Object value, long min, long max, String wanted) {
    long number =
        switch (value) {
          case null -> 0;
          case Long whole -> whole;
          case Integer whole -> whole;
          default -> throw mismatch(value, wanted);
        };
    if (number < min || number > max) {
      throw mismatch(value, wanted);
    }
    return number;
  }

  /// What stands there is not shown: it may be a secret.
  private static byte[] base64(Object value) {
    if (!(value instanceof String text)) {
      throw new Mismatch(Trees.typeName(value), "[]uint8", "", GoTypes.kind(value));
    }
    String plain = text.replace("\n", "").replace("\r", "");
    int bad = Base64Problems.firstBad(plain);
    if (bad >= 0) {
      throw new Mismatch("illegal base64 data at input byte " + bad, "", "", "");
    }
    return Base64.getDecoder().decode(plain);
  }

  private static Mismatch mismatch(@Nullable Object value, String wanted) {
    // Go shows the number that does not fit a number, and only its type where it wants another one.
    boolean unfit = value instanceof Number && NUMBERS.contains(wanted);
    String type = Trees.typeName(value);
    String problem = unfit ? type + " " + value : type;
    return new Mismatch(problem, wanted, shown(value), GoTypes.kind(value));
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      case String text when text.length() <= 64 -> "\"" + text + "\"";
      case null, default -> "";
    };
  }
}
