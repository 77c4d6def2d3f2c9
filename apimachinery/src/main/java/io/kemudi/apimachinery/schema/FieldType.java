package io.kemudi.apimachinery.schema;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One field of a message: its JSON name, its place on the wire, and what patch, apply, defaulting
/// and OpenAPI know of it. Immutable; the fields are public because the codecs read them in their
/// innermost loops.
public final class FieldType {
  /// What the field is made of. For a list or a map: what its elements or values are made of.
  public enum Kind {
    STRING,
    INT32,
    INT64,
    BOOL,
    DOUBLE,
    BYTES,
    MESSAGE
  }

  /// How often the field occurs. `VALUE` is always on the wire, `POINTER` may be absent; both are
  /// single. Map keys are strings.
  public enum Shape {
    VALUE,
    POINTER,
    LIST,
    MAP
  }

  /// Server-side apply's view of a list or map. `DEFAULT` is granular for maps and messages and
  /// atomic for lists.
  public enum Topology {
    DEFAULT,
    ATOMIC,
    SET,
    MAP,
    GRANULAR
  }

  public final String jsonName;
  public final int number;
  public final Kind kind;
  public final Shape shape;
  public final boolean omitEmpty;
  public final boolean omitZero;

  /// JSON shows the fields of this message in place of it; of bytes, see [#isContent].
  public final boolean inline;

  public final boolean required;
  public final Topology topology;

  /// Of a list with topology `MAP`: the fields that name an element.
  public final List<String> listMapKeys;

  /// Strategic merge patch: lists are merged instead of replaced.
  public final boolean patchMerge;

  /// Strategic merge patch: only the keys named in `$retainKeys` survive.
  public final boolean patchRetainKeys;

  /// The strategic merge key, "" for a list of plain values or none.
  public final String patchMergeKey;

  public final List<String> enumValues;

  /// The constant default as JSON text, or null.
  public final @Nullable String defaultJson;

  /// OpenAPI's format where it does not follow from the kind, else "".
  public final String format;

  /// Of embedded whole objects whose type is always shown: `v1/PersistentVolumeClaim`, else "".
  public final String embeddedKind;

  /// `"name":` as written, do not change; and with a comma before it.
  public final byte[] namePrefix;

  public final byte[] commaNamePrefix;

  /// The field's tag on the wire and, of single and list fields, its length-delimited form.
  public final int tag;

  private final String messageName;
  private volatile @Nullable MessageType message;

  FieldType(SchemaFile.FieldLine line) {
    jsonName = line.name();
    number = line.number();
    kind = line.kind();
    shape = line.shape();
    messageName = line.messageName();
    omitEmpty = line.flag("omitempty");
    omitZero = line.flag("omitzero");
    inline = line.flag("inline");
    required = line.flag("required");
    topology = topology(line);
    listMapKeys = line.values("keys", ',');
    String patch = line.value("patch");
    patchMerge = patch != null && patch.contains("merge");
    patchRetainKeys = patch != null && patch.contains("retainKeys");
    String key = line.value("key");
    patchMergeKey = key == null ? "" : key;
    enumValues = line.values("enum", '|');
    defaultJson = line.value("default");
    String formatWord = line.value("format");
    format = formatWord == null ? "" : formatWord;
    String embedded = line.value("embedded");
    embeddedKind = embedded == null ? "" : embedded;
    namePrefix = ("\"" + jsonName + "\":").getBytes(StandardCharsets.UTF_8);
    commaNamePrefix = (",\"" + jsonName + "\":").getBytes(StandardCharsets.UTF_8);
    tag = number << 3 | wireType();
  }

  /// All fields of the object that have no field of their own, as one JSON object.
  public boolean isContent() {
    return inline && kind == Kind.BYTES;
  }

  private static Topology topology(SchemaFile.FieldLine line) {
    String word = line.value("list");
    if (word == null) {
      word = line.value("map");
    }
    return switch (word) {
      case "atomic" -> Topology.ATOMIC;
      case "set" -> Topology.SET;
      case "map" -> Topology.MAP;
      case "granular" -> Topology.GRANULAR;
      case null -> Topology.DEFAULT;
      default -> throw new IllegalStateException("topology " + word + " of field " + line.name());
    };
  }

  private int wireType() {
    if (shape == Shape.MAP) {
      return 2;
    }
    return switch (kind) {
      case INT32, INT64, BOOL -> 0;
      case DOUBLE -> 1;
      case STRING, BYTES, MESSAGE -> 2;
    };
  }

  /// The type of the message, or of the elements or values when they are messages.
  public MessageType message() {
    MessageType known = message;
    if (known == null) {
      if (kind != Kind.MESSAGE) {
        throw new IllegalStateException("field " + jsonName + " is not a message");
      }
      known = Schema.message(messageName);
      message = known;
    }
    return known;
  }

  /// The name of [#message()] without loading it.
  public String messageName() {
    return messageName;
  }

  public boolean isList() {
    return shape == Shape.LIST;
  }

  public boolean isMap() {
    return shape == Shape.MAP;
  }

  public boolean isMessage() {
    return kind == Kind.MESSAGE;
  }

  @Override
  public String toString() {
    return jsonName + " " + number + " " + shape + " " + kind + " " + messageName;
  }
}
