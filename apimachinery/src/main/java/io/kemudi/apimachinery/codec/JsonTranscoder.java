package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.nio.charset.StandardCharsets;

/// Protobuf bytes to the JSON that upstream shows for them, with neither tree nor message between.
/// Messages that occur twice where one is meant are merged (see [ResourceVersionSplice]); maps come
/// out sorted whatever their order was.
///
/// An instance keeps its scratch memory from object to object; use one for a whole list. Not
/// thread-safe.
public final class JsonTranscoder {
  private static final byte[] KIND = ascii("\"kind\":");
  private static final byte[] API_VERSION = ascii(",\"apiVersion\":");

  private final JsonOutput out;
  private final WireIndex index = new WireIndex();
  private final byte[] timeText = new byte[Timestamps.MAX_LENGTH];

  public JsonTranscoder(JsonOutput out) {
    this.out = out;
  }

  /// The JSON of a whole object with its `kind` and `apiVersion`, no line break at the end.
  public static byte[] toJson(MessageType type, String apiVersion, String kind, byte[] message) {
    var out = new JsonOutput(message.length * 2);
    new JsonTranscoder(out).object(type, apiVersion, kind, message);
    return out.toByteArray();
  }

  /// Writes an object with `kind` and `apiVersion` before its fields.
  public void object(MessageType type, String apiVersion, String kind, byte[] message) {
    int root = index.reset(message);
    out.raw('{');
    typeMeta(apiVersion, kind);
    fields(type, root, true, true);
    out.raw('}');
  }

  /// Writes an object as it stands in a typed list: without `kind` and `apiVersion`.
  public void item(MessageType type, byte[] message) {
    int root = index.reset(message);
    out.raw('{');
    fields(type, root, true, false);
    out.raw('}');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void typeMeta(String apiVersion, String kind) {
    out.raw(KIND);
    out.string(kind);
    out.raw(API_VERSION);
    out.string(apiVersion);
  }

  /// Writes the fields of a message; returns whether anything stands before what comes next.
  private boolean fields(MessageType type, int entry, boolean merged, boolean after) {
    int mark = index.mark();
    int frame = index.open(type, entry, merged);
    boolean comma = after;
    int count = type.fieldCount();
    for (int slot = 0; slot < count; slot++) {
      FieldType field = type.field(slot);
      int first = index.first(frame, slot);
      if (field.inline && field.isMessage()) {
        comma = fields(field.message(), first, true, comma);
        continue;
      }
      if (field.isContent()) {
        comma = content(first, comma);
        continue;
      }
      int last = index.last(frame, slot, type);
      if (!Omission.omitted(index, field, first, last)) {
        out.raw(comma ? field.commaNamePrefix : field.namePrefix);
        comma = true;
        field(field, first, last, type);
      }
    }
    index.close(frame, mark);
    return comma;
  }

  /// What stands between the braces of the content.
  private boolean content(int entry, boolean comma) {
    int from = entry == 0 ? 0 : index.start(entry) + 1;
    int to = entry == 0 ? 0 : index.end(entry) - 1;
    if (from >= to) {
      return comma;
    }
    if (comma) {
      out.raw(',');
    }
    out.raw(index.bytes(), from, to);
    return true;
  }

  private void field(FieldType field, int first, int last, MessageType of) {
    switch (field.shape) {
      case VALUE -> single(field, first, last);
      case POINTER -> {
        if (first == 0) {
          out.nil();
        } else {
          single(field, first, last);
        }
      }
      case LIST -> {
        if (first != 0) {
          list(field, first);
        } else if (isItems(field, of)) {
          out.ascii("[]");
        } else {
          out.nil();
        }
      }
      case MAP -> {
        if (first == 0) {
          out.nil();
        } else {
          map(field, first);
        }
      }
    }
  }

  /// A list object without items shows an empty array, where other lists are null.
  static boolean isItems(FieldType field, MessageType of) {
    return of.hasTypeMeta() && field.jsonName.equals("items");
  }

  private void list(FieldType field, int first) {
    out.raw('[');
    for (int entry = first; entry != 0; entry = index.next(entry)) {
      if (entry != first) {
        out.raw(',');
      }
      if (!field.isMessage()) {
        single(field, entry, entry);
      } else if (field.embeddedKind.isEmpty()) {
        message(field.message(), entry, false);
      } else {
        embedded(field, entry);
      }
    }
    out.raw(']');
  }

  private void embedded(FieldType field, int entry) {
    int slash = field.embeddedKind.lastIndexOf('/');
    out.raw('{');
    typeMeta(field.embeddedKind.substring(0, slash), field.embeddedKind.substring(slash + 1));
    fields(field.message(), entry, false, true);
    out.raw('}');
  }

  private void map(FieldType field, int first) {
    int mark = index.mark();
    int[] pairs = MapEntries.sorted(index, first, field);
    out.raw('{');
    for (int i = 0; i < pairs.length; i += 2) {
      if (i > 0) {
        out.raw(',');
      }
      text(pairs[i]);
      out.raw(':');
      single(field, pairs[i + 1], pairs[i + 1]);
    }
    out.raw('}');
    index.dropTo(mark);
  }

  private void text(int entry) {
    if (entry == 0) {
      out.ascii("\"\"");
    } else {
      out.string(index.bytes(), index.start(entry), index.end(entry));
    }
  }

  private void single(FieldType field, int first, int last) {
    switch (field.kind) {
      case STRING -> text(last);
      case INT32 -> out.number((int) index.varint(last));
      case INT64 -> out.number(index.varint(last));
      case BOOL -> out.bool(index.varint(last) != 0);
      case DOUBLE -> out.number(index.fixed64(last));
      case BYTES -> {
        if (last == 0) {
          out.nil();
        } else {
          out.base64(index.bytes(), index.start(last), index.end(last));
        }
      }
      case MESSAGE -> message(field.message(), first, true);
    }
  }

  private void message(MessageType type, int entry, boolean merged) {
    switch (type.form()) {
      case OBJECT -> {
        out.raw('{');
        fields(type, entry, merged, false);
        out.raw('}');
      }
      default -> special(type, entry, merged);
    }
  }

  private void special(MessageType type, int entry, boolean merged) {
    int mark = index.mark();
    int frame = index.open(type, entry, merged);
    int first = index.first(frame, 0);
    int last = index.last(frame, 0, type);
    switch (type.form()) {
      case OBJECT -> throw new IllegalStateException(type.name());
      case TIME -> time(frame, type, false);
      case MICRO_TIME -> time(frame, type, true);
      case QUANTITY -> {
        if (index.isEmpty(last)) {
          out.ascii("\"0\"");
        } else {
          text(last);
        }
      }
      case INT_OR_STRING -> {
        if (index.varint(last) == 1) {
          text(index.last(frame, 2, type));
        } else {
          out.number((int) index.varint(index.last(frame, 1, type)));
        }
      }
      case RAW_JSON -> {
        if (index.isEmpty(last)) {
          out.nil();
        } else {
          out.compact(index.bytes(), index.start(last), index.end(last));
        }
      }
      case STRING_LIST -> {
        if (first == 0) {
          out.nil();
        } else {
          list(type.field(0), first);
        }
      }
      case SCHEMA_OR_BOOL -> {
        int schema = index.first(frame, 1);
        if (schema == 0) {
          out.bool(index.varint(last) != 0);
        } else {
          message(SpecialForms.schemaOf(type), schema, true);
        }
      }
      case SCHEMA_OR_ARRAY, SCHEMA_OR_STRING_ARRAY -> {
        int many = index.first(frame, 1);
        if (many != 0) {
          list(type.field(1), many);
        } else if (first != 0) {
          message(SpecialForms.schemaOf(type), first, true);
        } else {
          out.nil();
        }
      }
    }
    index.close(frame, mark);
  }

  private void time(int frame, MessageType type, boolean micro) {
    long seconds = index.varint(index.last(frame, 0, type));
    int nanos = (int) index.varint(index.last(frame, 1, type));
    if (seconds == 0 && nanos == 0) {
      out.nil();
      return;
    }
    int length = Timestamps.format(timeText, seconds, nanos, micro);
    out.raw('"');
    out.raw(timeText, 0, length);
    out.raw('"');
  }
}
