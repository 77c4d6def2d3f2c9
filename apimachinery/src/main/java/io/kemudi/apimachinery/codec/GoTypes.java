package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How upstream's decoder names the type that it wanted: as Go prints it, a package by its last
/// element. Strings with a type of their own are told as plain strings.
final class GoTypes {
  private static final String RESOURCES = "v1.ResourceList";

  private GoTypes() {}

  /// `v1.ObjectMeta` of `meta.v1.ObjectMeta`.
  static String of(MessageType type) {
    String name = type.name();
    int last = name.lastIndexOf('.');
    int before = name.lastIndexOf('.', last - 1);
    return name.substring(before + 1);
  }

  /// `[]v1.Container`.
  static String list(FieldType field) {
    return "[]" + element(field);
  }

  /// `map[string]string`; amounts of resources are always of their own type.
  static String map(FieldType field) {
    String element = element(field);
    return element.equals("quantity.Quantity") ? RESOURCES : "map[string]" + element;
  }

  private static String element(FieldType field) {
    return switch (field.kind) {
      case STRING -> "string";
      case INT32 -> "int32";
      case INT64 -> "int64";
      case BOOL -> "bool";
      case DOUBLE -> "float64";
      case BYTES -> "[]uint8";
      case MESSAGE -> of(field.message());
    };
  }

  /// What upstream says of a tree that does not fit: of the wanted type the kind only.
  static String restoring(String kind, String wanted) {
    if (wanted.startsWith("[]")) {
      return "cannot restore slice from " + kind;
    }
    if (wanted.startsWith("map[") || wanted.equals(RESOURCES)) {
      return "cannot restore map from " + kind;
    }
    return wanted.indexOf('.') < 0
        ? "unrecognized type: " + wanted
        : "cannot restore struct from: " + kind;
  }

  /// The kind of a value in a tree.
  static String kind(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "map";
      case List<?> _ -> "slice";
      case String _ -> "string";
      case Boolean _ -> "bool";
      case Double _ -> "float64";
      case null, default -> "int64";
    };
  }
}
