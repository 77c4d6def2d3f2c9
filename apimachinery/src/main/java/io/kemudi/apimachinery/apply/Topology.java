package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.schema.SpecialForm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What may be owned of a value: the value as a whole (`LEAF`), or its parts and how those are
/// named. Comes from a built-in type, or from the structural schema of a custom one; values that
/// neither describes are taken for what they look like: objects by key, the rest whole. Immutable.
public final class Topology {
  enum Kind {
    LEAF,
    /// An object with declared fields.
    STRUCT,
    /// An object with keys of any name.
    MAP,
    SET,
    LIST_MAP,
    UNTYPED
  }

  private static final Topology LEAF = new Topology(Kind.LEAF, null, null, null);
  private static final Topology UNTYPED = new Topology(Kind.UNTYPED, null, null, null);

  private final Kind kind;

  /// Of a built-in structure.
  private final @Nullable MessageType type;

  /// Of a built-in map or list.
  private final @Nullable FieldType field;

  /// Of a custom object or list.
  private final @Nullable Map<String, @Nullable Object> schema;

  private Topology(
      Kind kind,
      @Nullable MessageType type,
      @Nullable FieldType field,
      @Nullable Map<String, @Nullable Object> schema) {
    this.kind = kind;
    this.type = type;
    this.field = field;
    this.schema = schema;
  }

  public static Topology of(MessageType type) {
    return type.form() == SpecialForm.OBJECT && !type.isAtomic() ? struct(type) : LEAF;
  }

  /// A custom resource.
  ///
  /// @param schema its `openAPIV3Schema`, or null when there is none
  public static Topology custom(@Nullable Map<String, @Nullable Object> schema) {
    return new Topology(Kind.STRUCT, null, null, schema == null ? Map.of() : schema);
  }

  private static Topology struct(MessageType type) {
    return new Topology(Kind.STRUCT, type, null, null);
  }

  private static Topology of(FieldType field) {
    boolean atomic = field.topology == FieldType.Topology.ATOMIC;
    return switch (field.shape) {
      case LIST ->
          switch (field.topology) {
            case SET -> new Topology(Kind.SET, null, field, null);
            case MAP -> new Topology(Kind.LIST_MAP, null, field, null);
            case DEFAULT, ATOMIC, GRANULAR -> LEAF;
          };
      case MAP -> atomic ? LEAF : new Topology(Kind.MAP, null, field, null);
      case VALUE, POINTER -> {
        // A field may say of its message what the message's type says otherwise.
        boolean granular = field.topology == FieldType.Topology.GRANULAR && field.isMessage();
        yield granular ? struct(field.message()) : atomic ? LEAF : element(field);
      }
    };
  }

  private static Topology element(FieldType field) {
    return field.isMessage() ? of(field.message()) : LEAF;
  }

  private static Topology of(@Nullable Map<String, @Nullable Object> schema) {
    if (schema == null) {
      return UNTYPED;
    }
    return switch (Trees.string(schema, "type")) {
      case "object" -> {
        if (Trees.string(schema, "x-kubernetes-map-type").equals("atomic")) {
          yield LEAF;
        }
        boolean fields = schema.get("properties") != null;
        yield new Topology(fields ? Kind.STRUCT : Kind.MAP, null, null, schema);
      }
      case "array" ->
          switch (Trees.string(schema, "x-kubernetes-list-type")) {
            case "set" -> new Topology(Kind.SET, null, null, schema);
            case "map" -> new Topology(Kind.LIST_MAP, null, null, schema);
            default -> LEAF;
          };
      case "" -> keepsUnknown(schema) ? UNTYPED : LEAF;
      default -> LEAF;
    };
  }

  private static boolean keepsUnknown(Map<String, @Nullable Object> schema) {
    return Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"));
  }

  /// The built-in type of a whole object, null of a custom one.
  @Nullable MessageType type() {
    return type;
  }

  Kind kind() {
    return kind;
  }

  /// The kind for these values, of which either may be absent.
  Kind kind(@Nullable Object left, @Nullable Object right) {
    if (kind != Kind.UNTYPED) {
      return kind;
    }
    boolean object = left instanceof Map || right instanceof Map;
    return object && isObjectOrNothing(left) && isObjectOrNothing(right) ? Kind.MAP : Kind.LEAF;
  }

  private static boolean isObjectOrNothing(@Nullable Object value) {
    return value == null || value == Absent.ABSENT || value instanceof Map;
  }

  /// The topology of what an element of a path names.
  Topology child(PathElement element) {
    return element.kind() == 'f' ? child(String.valueOf(element.value())) : element();
  }

  Topology child(String name) {
    return switch (kind) {
      case STRUCT -> {
        if (type != null) {
          FieldType known = type.byJsonName(name);
          yield known == null ? LEAF : of(known);
        }
        yield name.equals("metadata") && isWholeObject()
            ? struct(Schema.message("meta.v1.ObjectMeta"))
            : of(property(name));
      }
      case MAP, SET, LIST_MAP -> element();
      case UNTYPED -> UNTYPED;
      case LEAF -> LEAF;
    };
  }

  /// A custom resource's own schema describes its metadata by name only.
  private boolean isWholeObject() {
    Map<String, @Nullable Object> metadata = property("metadata");
    return metadata == null || metadata.get("properties") == null;
  }

  private @Nullable Map<String, @Nullable Object> property(String name) {
    return Trees.objectOrNull(Trees.at(schema, "properties", name));
  }

  /// The topology of the elements of a list or the values of a map.
  Topology element() {
    if (field != null) {
      return element(field);
    }
    String key = kind == Kind.MAP ? "additionalProperties" : "items";
    return of(Trees.objectOrNull(Trees.at(schema, key)));
  }

  /// Whether the element names a declared field, other than the entry of a map.
  boolean declares(PathElement element) {
    return kind == Kind.STRUCT && element.kind() == 'f' && has(String.valueOf(element.value()));
  }

  private boolean has(String name) {
    return type == null
        ? name.equals("metadata") || property(name) != null
        : type.byJsonName(name) != null;
  }

  /// Whether a structure may have a field of this name; everything else may.
  boolean allows(String name) {
    if (kind != Kind.STRUCT || has(name)) {
      return true;
    }
    boolean typeMeta = name.equals("kind") || name.equals("apiVersion");
    return type != null
        ? type.hasTypeMeta() && typeMeta
        : typeMeta || schema == null || schema.isEmpty() || keepsUnknown(schema);
  }

  @Nullable FieldType fieldOf(String name) {
    return type == null ? null : type.byJsonName(name);
  }

  @Nullable FieldType field() {
    return field;
  }

  /// How an element of a set or of a list with keys is named. Keys that the element leaves out have
  /// their default, such as a port's protocol.
  PathElement name(@Nullable Object element) {
    if (kind == Kind.SET) {
      return PathElement.value(element);
    }
    var keys = new TreeMap<String, @Nullable Object>();
    for (Object key : keyNames()) {
      String name = String.valueOf(key);
      Object given = Trees.at(element, name);
      Object value = given == null ? keyDefault(name) : given;
      if (value != null) {
        keys.put(name, value);
      }
    }
    return PathElement.keys(keys);
  }

  private List<?> keyNames() {
    if (field != null) {
      return field.listMapKeys;
    }
    List<?> names = Trees.listOrNull(Trees.at(schema, "x-kubernetes-list-map-keys"));
    return names == null ? List.of() : names;
  }

  private @Nullable Object keyDefault(String name) {
    if (field == null) {
      return Trees.at(schema, "items", "properties", name, "default");
    }
    FieldType key = field.isMessage() ? field.message().byJsonName(name) : null;
    return key == null || key.defaultJson == null
        ? null
        : Json.parse(key.defaultJson.getBytes(StandardCharsets.UTF_8));
  }
}
