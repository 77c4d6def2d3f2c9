package io.kemudi.apimachinery.crd;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a schema in a definition may not say: keywords that are not supported, what makes it not
/// structural (KEP-1979 and the API's documentation of structural schemas), extensions that
/// contradict each other, defaults that the schema itself would refuse.
public final class SchemaValidation {
  private static final List<String> LIST_TYPES = List.of("atomic", "set", "map");
  private static final List<String> MAP_TYPES = List.of("atomic", "granular");
  private static final Set<String> TYPES =
      Set.of("array", "boolean", "integer", "number", "object", "string");
  private static final Set<String> METADATA_FIELDS = Set.of("name", "generateName");

  private final FieldErrors errors;

  private SchemaValidation(FieldErrors errors) {
    this.errors = errors;
  }

  /// Adds to `errors` what is wrong with the schema at `path`. Rules are checked where all else is
  /// well, since they need the types.
  public static void validate(
      Map<String, @Nullable Object> schema, FieldPath path, FieldErrors errors) {
    FieldErrors found = new FieldErrors();
    SchemaValidation validation = new SchemaValidation(found);
    validation.keywords(schema, path, true);
    validation.structure(schema, path, Level.ROOT);
    if (found.isEmpty()) {
      validation.defaults(schema, path);
    }
    if (found.isEmpty()) {
      RuleChecks.check(StructuralSchema.of(schema), path, found);
    }
    errors.addAll(found);
  }

  /// Formats that are not known, for warnings.
  public static List<String> unknownFormats(Map<String, @Nullable Object> schema) {
    List<String> found = new ArrayList<>();
    formats(schema, found);
    return found;
  }

  private static void formats(Map<String, @Nullable Object> schema, List<String> found) {
    String format = Trees.string(schema, "format");
    if (!format.isEmpty() && !Formats.isKnown(format)) {
      found.add(format);
    }
    for (String one : List.of("items", "additionalProperties")) {
      Map<String, @Nullable Object> below = Trees.objectOrNull(schema.get(one));
      if (below != null) {
        formats(below, found);
      }
    }
    properties(schema).forEach((name, field) -> formats(field, found));
  }

  // ---- keywords ----

  /// What no schema may have, whatever its place.
  private void keywords(Map<String, @Nullable Object> schema, FieldPath path, boolean root) {
    forbid(
        schema,
        "uniqueItems",
        path,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    for (String name :
        List.of(
            "$ref", "definitions", "dependencies", "id", "patternProperties", "additionalItems")) {
      forbid(schema, name, path, name + " is not supported");
    }
    Map<String, Map<String, @Nullable Object>> properties = properties(schema);
    Object additional = schema.get("additionalProperties");
    if (additional != null && !properties.isEmpty()) {
      if (additional instanceof Map || Boolean.FALSE.equals(additional)) {
        errors.forbidden(
            path.child("additionalProperties"),
            "additionalProperties and properties are mutual exclusive");
      }
    }
    if (root && Trees.objectOrNull(schema.get("additionalProperties")) != null) {
      errors.forbidden(
          path.child("additionalProperties"), "additionalProperties cannot be used at the root");
    }
    if (schema.get("items") instanceof List) {
      errors.forbidden(path.child("items"), "items must be a schema object and not an array");
    }
    pattern(schema, path);
    extensions(schema, path);
    below(schema, path, (child, at) -> keywords(child, at, false));
    for (String list : List.of("allOf", "anyOf", "oneOf")) {
      each(schema, list, path, (child, at) -> keywords(child, at, false));
    }
    Map<String, @Nullable Object> not = Trees.objectOrNull(schema.get("not"));
    if (not != null) {
      keywords(not, path.child("not"), false);
    }
  }

  private void forbid(
      Map<String, @Nullable Object> schema, String name, FieldPath path, String why) {
    Object value = schema.get(name);
    boolean said =
        value != null
            && !Boolean.FALSE.equals(value)
            && !"".equals(value)
            && !(value instanceof Map<?, ?> map && map.isEmpty());
    if (said) {
      errors.forbidden(path.child(name), why);
    }
  }

  private void pattern(Map<String, @Nullable Object> schema, FieldPath path) {
    String pattern = Trees.string(schema, "pattern");
    try {
      if (!pattern.isEmpty()) {
        Pattern.compile(pattern);
      }
    } catch (PatternSyntaxException e) {
      errors.invalid(
          path.child("pattern"),
          pattern,
          "must be a valid regular expression, but isn't: error parsing regexp: "
              + e.getDescription()
              + ": `"
              + e.getPattern()
              + "`");
    }
  }

  private void extensions(Map<String, @Nullable Object> schema, FieldPath path) {
    String type = Trees.string(schema, "type");
    Object preserve = schema.get("x-kubernetes-preserve-unknown-fields");
    if (Boolean.FALSE.equals(preserve)) {
      errors.invalid(
          path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
    }
    String mapType = Trees.string(schema, "x-kubernetes-map-type");
    if (!mapType.isEmpty()) {
      if (!type.equals("object")) {
        errors.invalid(
            path.child("type"), type, "must be object if x-kubernetes-map-type is specified");
      }
      if (!MAP_TYPES.contains(mapType)) {
        errors.notSupported(path.child("x-kubernetes-map-type"), mapType, MAP_TYPES);
      }
    }
    String listType = Trees.string(schema, "x-kubernetes-list-type");
    if (!listType.isEmpty()) {
      listType(schema, listType, type, path);
    } else if (!keys(schema).isEmpty()) {
      errors.required(
          path.child("x-kubernetes-list-type"),
          "must be map if x-kubernetes-list-map-keys is non-empty");
    }
    if (Boolean.TRUE.equals(schema.get("x-kubernetes-embedded-resource"))) {
      embedded(schema, type, path);
    }
  }

  private void embedded(Map<String, @Nullable Object> schema, String type, FieldPath path) {
    boolean preserves = Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"));
    if (!preserves && properties(schema).isEmpty()) {
      errors.required(
          path.child("properties"),
          "must not be empty if x-kubernetes-embedded-resource is true without"
              + " x-kubernetes-preserve-unknown-fields");
    }
    if (!type.equals("object")) {
      if (type.isEmpty()) {
        errors.required(
            path.child("type"), "must be object if x-kubernetes-embedded-resource is true");
      } else {
        errors.invalid(
            path.child("type"), type, "must be object if x-kubernetes-embedded-resource is true");
      }
    }
  }

  // ---- lists ----

  private void listType(
      Map<String, @Nullable Object> schema, String listType, String type, FieldPath path) {
    if (!type.equals("array")) {
      errors.invalid(
          path.child("type"), type, "must be array if x-kubernetes-list-type is specified");
    }
    if (!LIST_TYPES.contains(listType)) {
      errors.notSupported(path.child("x-kubernetes-list-type"), listType, LIST_TYPES);
      return;
    }
    List<String> keys = keys(schema);
    if (!listType.equals("map") && !keys.isEmpty()) {
      errors.forbidden(
          path.child("x-kubernetes-list-map-keys"),
          "must be empty if x-kubernetes-list-type is " + listType);
    }
    Map<String, @Nullable Object> items = Trees.objectOrNull(schema.get("items"));
    switch (listType) {
      case "map" -> keyed(keys, items, path);
      case "set" -> set(items, path);
      default -> {}
    }
  }

  private void keyed(
      List<String> keys, @Nullable Map<String, @Nullable Object> items, FieldPath path) {
    FieldPath keysPath = path.child("x-kubernetes-list-map-keys");
    if (keys.isEmpty()) {
      errors.required(keysPath, "must not be empty if x-kubernetes-list-type is map");
    }
    if (items == null) {
      return;
    }
    FieldPath itemsPath = path.child("items");
    if (!Trees.string(items, "type").equals("object")) {
      errors.invalid(
          itemsPath.child("type"),
          Trees.string(items, "type"),
          "must be object if parent array's x-kubernetes-list-type is map");
    }
    Map<String, Map<String, @Nullable Object>> properties = properties(items);
    List<?> required = Trees.listOrNull(items.get("required"));
    Set<String> seen = new java.util.HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      if (!seen.add(key)) {
        errors.duplicate(keysPath.index(i), key);
        continue;
      }
      Map<String, @Nullable Object> field = properties.get(key);
      if (field == null) {
        errors.invalid(keysPath.index(i), key, "entries must all be names of item properties");
        continue;
      }
      String type = Trees.string(field, "type");
      FieldPath at = itemsPath.child("properties").key(key);
      if (type.equals("array") || type.equals("object")) {
        errors.invalid(
            at.child("type"),
            type,
            "must be a scalar type if parent array's x-kubernetes-list-type is map");
      }
      if (field.get("default") == null && (required == null || !required.contains(key))) {
        errors.required(
            at.child("default"),
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a"
                + " required property");
      }
      if (Boolean.TRUE.equals(field.get("nullable"))) {
        errors.forbidden(
            at.child("nullable"),
            "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
      }
    }
  }

  private void set(@Nullable Map<String, @Nullable Object> items, FieldPath path) {
    if (items == null) {
      return;
    }
    FieldPath itemsPath = path.child("items");
    if (Boolean.TRUE.equals(items.get("nullable"))) {
      errors.forbidden(
          itemsPath.child("nullable"), "cannot be nullable when x-kubernetes-list-type is set");
    }
    switch (Trees.string(items, "type")) {
      case "array" -> {
        Object listType = items.get("x-kubernetes-list-type");
        if (listType != null && !"atomic".equals(listType)) {
          errors.invalid(
              itemsPath.child("x-kubernetes-list-type"),
              listType,
              "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
      }
      case "object" -> {
        Object mapType = items.get("x-kubernetes-map-type");
        if (!"atomic".equals(mapType)) {
          errors.invalid(
              itemsPath.child("x-kubernetes-map-type"),
              mapType,
              "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
      }
      default -> {}
    }
  }

  // ---- structure ----

  private enum Level {
    ROOT,
    ITEM,
    FIELD
  }

  private void structure(Map<String, @Nullable Object> schema, FieldPath path, Level level) {
    boolean intOrString = Boolean.TRUE.equals(schema.get("x-kubernetes-int-or-string"));
    boolean preserves = Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"));
    if (intOrString && level == Level.ROOT) {
      errors.forbidden(path.child("x-kubernetes-int-or-string"), "must be false at the root");
    }
    combinations(schema, path, intOrString);
    type(schema, path, level, intOrString || preserves && level != Level.ROOT);
    if (level == Level.ROOT || Boolean.TRUE.equals(schema.get("x-kubernetes-embedded-resource"))) {
      metadata(schema, path);
    }
    Map<String, @Nullable Object> items = Trees.objectOrNull(schema.get("items"));
    if (items != null) {
      structure(items, path.child("items"), Level.ITEM);
    } else if (Trees.string(schema, "type").equals("array") && schema.get("items") == null) {
      errors.required(path.child("items"), "must be specified");
    }
    properties(schema)
        .forEach(
            (name, field) -> structure(field, path.child("properties").key(name), Level.FIELD));
    Map<String, @Nullable Object> additional =
        Trees.objectOrNull(schema.get("additionalProperties"));
    if (additional != null) {
      structure(additional, path.child("additionalProperties"), Level.FIELD);
    }
  }

  private void type(
      Map<String, @Nullable Object> schema, FieldPath path, Level level, boolean mayBeEmpty) {
    String type = Trees.string(schema, "type");
    if (type.isEmpty()) {
      if (!mayBeEmpty && schema.get("$ref") == null) {
        errors.required(
            path.child("type"),
            switch (level) {
              case ROOT -> "must not be empty at the root";
              case ITEM -> "must not be empty for specified array items";
              case FIELD -> "must not be empty for specified object fields";
            });
      }
    } else if (level == Level.ROOT && !type.equals("object")) {
      errors.invalid(path.child("type"), type, "must be object at the root");
    } else if (!TYPES.contains(type)) {
      errors.notSupported(path.child("type"), type, TYPES.stream().sorted().toList());
    }
  }

  /// Of metadata a schema may restrict the names only.
  private void metadata(Map<String, @Nullable Object> schema, FieldPath path) {
    Map<String, @Nullable Object> metadata = properties(schema).get("metadata");
    if (metadata == null) {
      return;
    }
    FieldPath at = path.child("properties").key("metadata");
    if (!Trees.string(metadata, "type").equals("object")) {
      errors.invalid(at.child("type"), Trees.string(metadata, "type"), "must be object");
    }
    Set<String> said = new java.util.TreeSet<>(metadata.keySet());
    said.removeAll(Set.of("type", "properties", "description", "title"));
    said.removeIf(name -> metadata.get(name) == null || Boolean.FALSE.equals(metadata.get(name)));
    if (!METADATA_FIELDS.containsAll(properties(metadata).keySet()) || !said.isEmpty()) {
      errors.forbidden(
          at,
          "must not specify anything other than name and generateName, but metadata is implicitly"
              + " specified");
    }
  }

  /// Under allOf, anyOf, oneOf and not stand demands on values, but no forms.
  private void combinations(
      Map<String, @Nullable Object> schema, FieldPath path, boolean intOrString) {
    for (String list : List.of("allOf", "anyOf", "oneOf")) {
      boolean either = intOrString && !list.equals("oneOf") && isEither(schema.get(list));
      if (!either) {
        each(schema, list, path, this::nested);
      }
    }
    Map<String, @Nullable Object> not = Trees.objectOrNull(schema.get("not"));
    if (not != null) {
      nested(not, path.child("not"));
    }
  }

  /// `anyOf: [{type: integer}, {type: string}]` is how an int-or-string may be written out.
  private static boolean isEither(@Nullable Object list) {
    List<?> alternatives = Trees.listOrNull(list);
    if (alternatives == null || alternatives.isEmpty()) {
      return false;
    }
    if (alternatives.size() == 1
        || alternatives.getFirst() instanceof Map<?, ?> m && m.containsKey("anyOf")) {
      return isEither(Trees.at(alternatives.getFirst(), "anyOf"));
    }
    return alternatives.equals(List.of(Map.of("type", "integer"), Map.of("type", "string")));
  }

  private void nested(Map<String, @Nullable Object> schema, FieldPath path) {
    for (String form :
        List.of(
            "description",
            "type",
            "title",
            "nullable",
            "default",
            "additionalProperties",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-list-type",
            "x-kubernetes-map-type",
            "x-kubernetes-validations")) {
      Object value = schema.get(form);
      if (value != null && !Boolean.FALSE.equals(value) && !"".equals(value)) {
        errors.forbidden(path.child(form), "must be empty to be structural");
      }
    }
    combinations(schema, path, false);
    Map<String, @Nullable Object> items = Trees.objectOrNull(schema.get("items"));
    if (items != null) {
      nested(items, path.child("items"));
    }
    properties(schema).forEach((name, field) -> nested(field, path.child("properties").key(name)));
  }

  // ---- defaults ----

  private void defaults(Map<String, @Nullable Object> schema, FieldPath path) {
    Object value = schema.get("default");
    if (value != null) {
      StructuralSchema structure = StructuralSchema.of(schema);
      FieldErrors found = new FieldErrors();
      ValueValidation.validate(value, null, structure, "", found);
      found
          .list()
          .forEach(error ->
              errors.add(error.type(), path.child("default"), error.badValue(), error.detail()));
      Object pruned = Trees.copy(value);
      Map<String, @Nullable Object> object = Trees.objectOrNull(pruned);
      if (found.isEmpty() && object != null && !Pruning.prune(object, structure).isEmpty()) {
        errors.invalid(path.child("default"), value, "must not have unknown fields");
      }
    }
    below(schema, path, this::defaults);
  }

  // ---- walking ----

  private interface Visit {
    void at(Map<String, @Nullable Object> schema, FieldPath path);
  }

  private static void below(Map<String, @Nullable Object> schema, FieldPath path, Visit visit) {
    for (String one : List.of("items", "additionalProperties")) {
      Map<String, @Nullable Object> child = Trees.objectOrNull(schema.get(one));
      if (child != null) {
        visit.at(child, path.child(one));
      }
    }
    properties(schema)
        .forEach((name, field) -> visit.at(field, path.child("properties").key(name)));
  }

  private static void each(
      Map<String, @Nullable Object> schema, String name, FieldPath path, Visit visit) {
    List<?> list = Trees.listOrNull(schema.get(name));
    for (int i = 0; list != null && i < list.size(); i++) {
      Map<String, @Nullable Object> child = Trees.objectOrNull(list.get(i));
      if (child != null) {
        visit.at(child, path.child(name).index(i));
      }
    }
  }

  /// In the order of their names.
  private static Map<String, Map<String, @Nullable Object>> properties(
      Map<String, @Nullable Object> schema) {
    Map<String, Map<String, @Nullable Object>> properties = new TreeMap<>();
    Map<String, @Nullable Object> map = Trees.objectOrNull(schema.get("properties"));
    if (map != null) {
      map.forEach((name, value) -> {
        Map<String, @Nullable Object> field = Trees.objectOrNull(value);
        if (field != null) {
          properties.put(name, field);
        }
      });
    }
    return properties;
  }

  private static List<String> keys(Map<String, @Nullable Object> schema) {
    List<String> keys = new ArrayList<>();
    List<?> list = Trees.listOrNull(schema.get("x-kubernetes-list-map-keys"));
    if (list != null) {
      list.forEach(key -> keys.add(String.valueOf(key)));
    }
    return keys;
  }
}
