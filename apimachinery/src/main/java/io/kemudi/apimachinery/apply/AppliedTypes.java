package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Checks that an applied configuration fits its type, as apply must know what it merges. Refusals
/// are a 500 without a reason, as upstream's are.
final class AppliedTypes {
  private final TreeSet<String> errors = new TreeSet<>();

  private AppliedTypes() {}

  static void check(Topology topology, Map<String, @Nullable Object> applied) {
    var check = new AppliedTypes();
    check.object(topology, applied, "");
    if (check.errors.isEmpty()) {
      return;
    }
    String text =
        check.errors.size() == 1
            ? check.errors.first()
            : "errors:\n  " + String.join("\n  ", check.errors);
    Object namespace = Trees.at(applied, "metadata", "namespace");
    Object name = Trees.at(applied, "metadata", "name");
    String apiVersion = Trees.string(applied, "apiVersion");
    throw new ApiException(
        StatusReason.UNKNOWN,
        "failed to create typed patch object ("
            + (namespace instanceof String space ? space : "")
            + "/"
            + (name instanceof String own ? own : "")
            + "; "
            + (apiVersion.indexOf('/') < 0 ? "/" : "")
            + apiVersion
            + ", Kind="
            + Trees.string(applied, "kind")
            + "): "
            + text);
  }

  private void object(Topology topology, Map<String, @Nullable Object> tree, String path) {
    tree.forEach((key, value) -> {
      String at = path + "." + key;
      if (!topology.allows(key)) {
        errors.add(at + ": field not declared in schema");
        return;
      }
      FieldType field =
          topology.kind() == Topology.Kind.STRUCT ? topology.fieldOf(key) : topology.field();
      if (field != null && value != null) {
        boolean entry = topology.kind() != Topology.Kind.STRUCT;
        field(field, entry, topology.child(key), value, at);
      }
    });
  }

  private void field(
      FieldType field, boolean element, Topology topology, Object value, String path) {
    if (!element && field.isList()) {
      list(field, topology, value, path);
    } else if (!element && field.isMap()) {
      map(topology, value, path);
    } else if (field.isMessage()) {
      message(field.message(), topology, value, path);
    } else {
      scalar(field.kind, value, path);
    }
  }

  private void list(FieldType field, Topology topology, Object value, String path) {
    List<@Nullable Object> list = Trees.listOrNull(value);
    if (list == null) {
      expected("list", value, path);
      return;
    }
    var seen = new HashSet<PathElement>();
    boolean named =
        topology.kind() == Topology.Kind.SET || topology.kind() == Topology.Kind.LIST_MAP;
    for (int i = 0; i < list.size(); i++) {
      Object item = list.get(i);
      PathElement name = named ? topology.name(item) : null;
      if (topology.kind() == Topology.Kind.LIST_MAP && name != null && !hasKeys(field, name)) {
        errors.add(
            path
                + ": element "
                + i
                + ": associative list with keys has an element that omits key field \""
                + missingKey(field, name)
                + "\" (and doesn't have default value)");
      } else if (name != null && !seen.add(name)) {
        errors.add(path + ": duplicate entries for key " + name.shown());
      }
      if (item != null) {
        String at = path + (name == null ? "[" + i + "]" : name.shown());
        field(field, true, topology.element(), item, at);
      }
    }
  }

  private static boolean hasKeys(FieldType field, PathElement name) {
    return Trees.object(name.value(), name.text()).size() == field.listMapKeys.size();
  }

  private static String missingKey(FieldType field, PathElement name) {
    Map<String, @Nullable Object> keys = Trees.object(name.value(), name.text());
    return field.listMapKeys.stream().filter(key -> !keys.containsKey(key)).findFirst().orElse("");
  }

  private void map(Topology topology, Object value, String path) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    if (map == null) {
      expected("map", value, path);
    } else if (topology.kind() == Topology.Kind.MAP) {
      object(topology, map, path);
    }
  }

  private void message(MessageType type, Topology topology, Object value, String path) {
    switch (type.form()) {
      case OBJECT -> {
        Map<String, @Nullable Object> tree = Trees.objectOrNull(value);
        if (tree == null) {
          expected("map", value, path);
        } else if (topology.kind() == Topology.Kind.STRUCT) {
          object(topology, tree, path);
        }
      }
      case TIME, MICRO_TIME -> scalar(FieldType.Kind.STRING, value, path);
      case QUANTITY, INT_OR_STRING -> {
        if (value instanceof Map || value instanceof List) {
          expected("scalar", value, path);
        }
      }
      default -> {} // raw JSON and choices are owned whole, whatever they are
    }
  }

  private void scalar(FieldType.Kind kind, Object value, String path) {
    boolean fits =
        switch (kind) {
          case STRING, BYTES -> value instanceof String;
          case BOOL -> value instanceof Boolean;
          case INT32, INT64, DOUBLE -> value instanceof Number;
          case MESSAGE -> true;
        };
    if (!fits) {
      String wanted =
          switch (kind) {
            case BOOL -> "boolean";
            case INT32, INT64, DOUBLE -> "numeric (int or float)";
            default -> "string";
          };
      expected(wanted, value, path);
    }
  }

  private void expected(String wanted, Object value, String path) {
    errors.add(
        path + ": expected " + wanted + ", got &value.valueUnstructured{Value:" + value + "}");
  }
}
