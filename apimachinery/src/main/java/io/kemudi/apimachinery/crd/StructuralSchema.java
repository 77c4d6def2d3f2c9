package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node of a structural schema: the form of a value and of what is in it. Parsed once from the
/// tree of an `openAPIV3Schema`; immutable, any thread. What a schema may not say is told by
/// [SchemaValidation]; parsing is lenient.
public final class StructuralSchema {
  private final Map<String, @Nullable Object> tree;
  private final @Nullable StructuralSchema items;
  private final @Nullable StructuralSchema additional;
  private final Map<String, StructuralSchema> properties;
  private final Constraints constraints;
  private final List<ValidationRule> rules;

  private StructuralSchema(Map<String, @Nullable Object> tree) {
    this.tree = tree;
    this.items = child(tree.get("items"));
    this.additional = child(tree.get("additionalProperties"));
    this.properties = children(tree.get("properties"));
    this.constraints = Constraints.of(tree);
    this.rules = ValidationRule.all(tree.get("x-kubernetes-validations"));
  }

  /// @param tree a schema as JSON has it; must not be changed afterwards
  public static StructuralSchema of(Map<String, @Nullable Object> tree) {
    return new StructuralSchema(tree);
  }

  private static @Nullable StructuralSchema child(@Nullable Object value) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    return map == null ? null : new StructuralSchema(map);
  }

  /// In the order of their names.
  private static Map<String, StructuralSchema> children(@Nullable Object value) {
    Map<String, @Nullable Object> map = Trees.objectOrNull(value);
    Map<String, StructuralSchema> children = new TreeMap<>();
    if (map != null) {
      map.forEach((name, each) -> {
        StructuralSchema child = child(each);
        if (child != null) {
          children.put(name, child);
        }
      });
    }
    return Collections.unmodifiableMap(children);
  }

  /// The schema as JSON has it.
  public Map<String, @Nullable Object> tree() {
    return tree;
  }

  /// `object`, `array`, `string`, `integer`, `number`, `boolean`, or empty.
  public String type() {
    return Trees.string(tree, "type");
  }

  public String format() {
    return Trees.string(tree, "format");
  }

  public boolean isNullable() {
    return flag("nullable");
  }

  public boolean isIntOrString() {
    return flag("x-kubernetes-int-or-string");
  }

  public boolean isEmbeddedResource() {
    return flag("x-kubernetes-embedded-resource");
  }

  public boolean preservesUnknownFields() {
    return flag("x-kubernetes-preserve-unknown-fields");
  }

  private boolean flag(String name) {
    return Boolean.TRUE.equals(tree.get(name));
  }

  /// `atomic`, `set`, `map`, or empty.
  public String listType() {
    return Trees.string(tree, "x-kubernetes-list-type");
  }

  public String mapType() {
    return Trees.string(tree, "x-kubernetes-map-type");
  }

  public List<String> listMapKeys() {
    List<String> keys = new ArrayList<>();
    List<?> list = Trees.listOrNull(tree.get("x-kubernetes-list-map-keys"));
    if (list != null) {
      list.forEach(key -> keys.add(String.valueOf(key)));
    }
    return keys;
  }

  public boolean hasDefault() {
    return tree.get("default") != null;
  }

  /// A value of its own, that the caller may change.
  public @Nullable Object defaultValue() {
    return Trees.copy(tree.get("default"));
  }

  public @Nullable StructuralSchema items() {
    return items;
  }

  /// The schema of a map's values.
  public @Nullable StructuralSchema additionalProperties() {
    return additional;
  }

  /// Whether keys of any name are let through.
  public boolean allowsAdditional() {
    return additional != null || Boolean.TRUE.equals(tree.get("additionalProperties"));
  }

  public Map<String, StructuralSchema> properties() {
    return properties;
  }

  /// The schema of an object's field, declared or of any name.
  public @Nullable StructuralSchema field(String name) {
    StructuralSchema declared = properties.get(name);
    return declared == null ? additional : declared;
  }

  Constraints constraints() {
    return constraints;
  }

  public List<ValidationRule> rules() {
    return rules;
  }

  /// Whether this or anything below has a default.
  public boolean hasDefaults() {
    return hasDefault()
        || items != null && items.hasDefaults()
        || additional != null && additional.hasDefaults()
        || properties.values().stream().anyMatch(StructuralSchema::hasDefaults);
  }

  /// Whether this or anything below has rules in the expression language.
  public boolean hasRules() {
    return !rules.isEmpty()
        || items != null && items.hasRules()
        || additional != null && additional.hasRules()
        || properties.values().stream().anyMatch(StructuralSchema::hasRules);
  }
}
