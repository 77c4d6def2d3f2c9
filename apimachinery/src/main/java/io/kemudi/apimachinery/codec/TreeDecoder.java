package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads protobuf into the tree of the JSON that upstream shows for it. One use per instance.
final class TreeDecoder {
  private final WireIndex index = new WireIndex();
  private final int root;

  TreeDecoder(byte[] bytes) {
    root = index.reset(bytes);
  }

  void decodeInto(Map<String, @Nullable Object> tree, MessageType type) {
    fields(tree, type, root, true);
  }

  private void fields(
      Map<String, @Nullable Object> tree, MessageType type, int entry, boolean merged) {
    int mark = index.mark();
    int frame = index.open(type, entry, merged);
    for (int slot = 0; slot < type.fieldCount(); slot++) {
      FieldType field = type.field(slot);
      int first = index.first(frame, slot);
      if (field.inline && field.isMessage()) {
        fields(tree, field.message(), first, true);
        continue;
      }
      if (field.isContent()) {
        if (first != 0) {
          Content.decodeInto(tree, index.bytes(), index.start(first), index.end(first));
        }
        continue;
      }
      int last = index.last(frame, slot, type);
      if (!Omission.omitted(index, field, first, last)) {
        boolean emptyItems = first == 0 && JsonTranscoder.isItems(field, type);
        tree.put(field.jsonName, emptyItems ? new ArrayList<>() : field(field, first, last));
      }
    }
    index.close(frame, mark);
  }

  private @Nullable Object field(FieldType field, int first, int last) {
    return switch (field.shape) {
      case VALUE ->
          field.isMessage() || first != 0 || field.kind != FieldType.Kind.BYTES
              ? single(field, first, last)
              : null;
      case POINTER -> first == 0 ? null : single(field, first, last);
      case LIST -> first == 0 ? null : list(field, first);
      case MAP -> first == 0 ? null : map(field, first);
    };
  }

  private List<@Nullable Object> list(FieldType field, int first) {
    var list = new ArrayList<@Nullable Object>();
    for (int entry = first; entry != 0; entry = index.next(entry)) {
      if (field.isMessage()) {
        list.add(element(field, entry));
      } else {
        list.add(single(field, entry, entry));
      }
    }
    return list;
  }

  private @Nullable Object element(FieldType field, int entry) {
    if (!field.embeddedKind.isEmpty()) {
      int slash = field.embeddedKind.lastIndexOf('/');
      var tree = new LinkedHashMap<String, @Nullable Object>();
      tree.put("kind", field.embeddedKind.substring(slash + 1));
      tree.put("apiVersion", field.embeddedKind.substring(0, slash));
      fields(tree, field.message(), entry, false);
      return tree;
    }
    return message(field.message(), entry, false);
  }

  private Map<String, @Nullable Object> map(FieldType field, int first) {
    int mark = index.mark();
    int[] pairs = MapEntries.sorted(index, first, field);
    var map = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(index.text(pairs[i]), mapValue(field, pairs[i + 1]));
    }
    index.dropTo(mark);
    return map;
  }

  private @Nullable Object mapValue(FieldType field, int value) {
    return value == 0 && field.kind == FieldType.Kind.BYTES ? null : single(field, value, value);
  }

  private @Nullable Object single(FieldType field, int first, int last) {
    return switch (field.kind) {
      case STRING -> index.text(last);
      case INT32 -> (long) (int) index.varint(last);
      case INT64 -> index.varint(last);
      case BOOL -> index.varint(last) != 0;
      case DOUBLE -> index.fixed64(last);
      case BYTES -> base64(last);
      case MESSAGE -> message(field.message(), first, true);
    };
  }

  private String base64(int entry) {
    byte[] bytes = Arrays.copyOfRange(index.bytes(), index.start(entry), index.end(entry));
    return new String(Base64.getEncoder().encode(bytes), StandardCharsets.ISO_8859_1);
  }

  private @Nullable Object message(MessageType type, int entry, boolean merged) {
    return switch (type.form()) {
      case OBJECT -> {
        var tree = new LinkedHashMap<String, @Nullable Object>();
        fields(tree, type, entry, merged);
        yield tree;
      }
      default -> special(type, entry, merged);
    };
  }

  private @Nullable Object special(MessageType type, int entry, boolean merged) {
    int mark = index.mark();
    int frame = index.open(type, entry, merged);
    int first = index.first(frame, 0);
    int last = index.last(frame, 0, type);
    Object value =
        switch (type.form()) {
          case OBJECT -> throw new IllegalStateException(type.name());
          case TIME -> time(frame, type, false);
          case MICRO_TIME -> time(frame, type, true);
          case QUANTITY -> index.isEmpty(last) ? "0" : index.text(last);
          case INT_OR_STRING -> {
            boolean text = index.varint(last) == 1;
            yield text
                ? index.text(index.last(frame, 2, type))
                : (Object) (long) (int) index.varint(index.last(frame, 1, type));
          }
          case RAW_JSON ->
              index.isEmpty(last)
                  ? null
                  : Json.parse(index.bytes(), index.start(last), index.end(last));
          case STRING_LIST -> first == 0 ? null : list(type.field(0), first);
          case SCHEMA_OR_BOOL -> {
            int schema = index.first(frame, 1);
            yield schema == 0
                ? (Object) (index.varint(last) != 0)
                : message(SpecialForms.schemaOf(type), schema, true);
          }
          case SCHEMA_OR_ARRAY, SCHEMA_OR_STRING_ARRAY -> {
            int many = index.first(frame, 1);
            if (many != 0) {
              yield list(type.field(1), many);
            }
            yield first == 0 ? null : message(SpecialForms.schemaOf(type), first, true);
          }
        };
    index.close(frame, mark);
    return value;
  }

  private @Nullable String time(int frame, MessageType type, boolean micro) {
    long seconds = index.varint(index.last(frame, 0, type));
    int nanos = (int) index.varint(index.last(frame, 1, type));
    if (seconds == 0 && nanos == 0) {
      return null;
    }
    byte[] text = new byte[Timestamps.MAX_LENGTH];
    int length = Timestamps.format(text, seconds, nanos, micro);
    return new String(text, 0, length, StandardCharsets.US_ASCII);
  }
}
