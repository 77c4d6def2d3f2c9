package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.SpecialForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the keys of a tree that its type does not have.
final class UnknownFields {
  /// A key where it stands, and the known name that its author probably meant.
  record Found(String path, @Nullable String nearest) {}

  /// How many are told. Upstream tells all; a body of a million unknown keys need not be echoed.
  private static final int MAX_TOLD = 100;

  private final List<Found> found = new ArrayList<>();
  private final boolean outerFirst;

  private UnknownFields(boolean outerFirst) {
    this.outerFirst = outerFirst;
  }

  /// In the order of the tree, or each object's own before those further in, as upstream tells them
  /// of texts and of patched trees.
  static List<Found> of(MessageType type, Map<String, @Nullable Object> tree, boolean outerFirst) {
    var search = new UnknownFields(outerFirst);
    search.object(type, tree, "");
    return search.found;
  }

  private void object(MessageType type, Map<?, ?> tree, String path) {
    if (outerFirst) {
      tree.keySet().forEach(key -> check(type, (String) key, path));
    }
    for (Map.Entry<?, ?> entry : tree.entrySet()) {
      String key = (String) entry.getKey();
      FieldType field = type.byJsonName(key);
      if (field == null) {
        if (!outerFirst) {
          check(type, key, path);
        }
      } else if (field.isMessage() && found.size() < MAX_TOLD) {
        field(field, entry.getValue(), path + key);
      }
    }
  }

  private void check(MessageType type, String key, String path) {
    boolean typeMeta = type.hasTypeMeta() && (key.equals("kind") || key.equals("apiVersion"));
    if (type.byJsonName(key) == null
        && !typeMeta
        && !type.hasContent()
        && found.size() < MAX_TOLD) {
      found.add(new Found(path + key, NearestName.of(key, names(type))));
    }
  }

  private static List<String> names(MessageType type) {
    return type.jsonFields().stream().map(field -> field.jsonName).toList();
  }

  private void field(FieldType field, @Nullable Object value, String path) {
    if (field.isList() && value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        message(field.message(), list.get(i), path + "[" + i + "]");
      }
    } else if (field.isMap() && value instanceof Map<?, ?> map) {
      map.forEach((key, item) -> message(field.message(), item, path + "." + key));
    } else {
      message(field.message(), value, path);
    }
  }

  private void message(MessageType type, @Nullable Object value, String path) {
    if (type.form() == SpecialForm.OBJECT && value instanceof Map<?, ?> tree) {
      object(type, tree, path + ".");
    } else if (type.form() == SpecialForm.SCHEMA_OR_BOOL
        || type.form() == SpecialForm.SCHEMA_OR_ARRAY
        || type.form() == SpecialForm.SCHEMA_OR_STRING_ARRAY) {
      schemas(type, value, path);
    }
  }

  private void schemas(MessageType type, @Nullable Object value, String path) {
    MessageType schema = SpecialForms.schemaOf(type);
    if (value instanceof Map<?, ?> tree) {
      object(schema, tree, path + ".");
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        message(schema, list.get(i), path + "[" + i + "]");
      }
    }
  }
}
