package io.kemudi.apimachinery.crd;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import io.kemudi.apimachinery.cel.CelNames;
import io.kemudi.apimachinery.cel.CelRange;
import io.kemudi.apimachinery.cel.CelSizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a schema says to expressions: the type of its values, and how large they can be in a
/// request of 3 MiB (KEP-2876). Immutable.
///
/// @param maxElements characters, bytes, elements or entries
/// @param minSize bytes of JSON at least
/// @param element of a list, or the values of a map
/// @param fields of an object, by their names in expressions
record DeclaredType(
    CelType type,
    long maxElements,
    long minSize,
    @Nullable DeclaredType element,
    Map<String, DeclaredType> fields) {
  private static final long MAX_REQUEST = 3 * 1024 * 1024;
  private static final long MAX_TEXT = MAX_REQUEST - 2;
  private static final int MIN_TEXT = 2;
  private static final long UNSIZED = Long.MAX_VALUE;
  private static final StructuralSchema TEXT = StructuralSchema.of(Map.of("type", "string"));

  /// @param name of the type, unique within one environment
  /// @return null where expressions cannot see the value, because nothing is known of it
  static @Nullable DeclaredType of(StructuralSchema schema, String name, boolean resource) {
    if (schema.isIntOrString()) {
      return leaf(SimpleType.DYN, textLength(schema), 1);
    }
    return switch (schema.type()) {
      case "array" -> list(schema, name);
      case "object" ->
          schema.additionalProperties() != null
              ? map(schema, name)
              : object(schema, name, resource || schema.isEmbeddedResource());
      case "string" -> text(schema);
      case "boolean" -> leaf(SimpleType.BOOL, UNSIZED, 4);
      case "number" -> leaf(SimpleType.DOUBLE, UNSIZED, 1);
      case "integer" -> leaf(SimpleType.INT, UNSIZED, 1);
      default -> null;
    };
  }

  private static DeclaredType leaf(CelType type, long maxElements, long minSize) {
    return new DeclaredType(type, maxElements, minSize, null, Map.of());
  }

  private static DeclaredType text(StructuralSchema schema) {
    return switch (schema.format()) {
      case "byte" -> {
        Long max = schema.constraints().maxLength();
        yield leaf(SimpleType.BYTES, max == null ? MAX_TEXT : Math.max(0, max), MIN_TEXT);
      }
      case "duration" -> leaf(SimpleType.DURATION, 32, 4);
      case "date" -> leaf(SimpleType.TIMESTAMP, 12, 12);
      case "date-time" -> leaf(SimpleType.TIMESTAMP, 32, 21);
      default -> leaf(SimpleType.STRING, textLength(schema), MIN_TEXT);
    };
  }

  /// Lengths are counted in code points, of which each takes up to four bytes.
  private static long textLength(StructuralSchema schema) {
    Long max = schema.constraints().maxLength();
    if (max != null) {
      return Math.max(0, max) * 4;
    }
    List<?> allowed = schema.constraints().allowed();
    if (schema.isIntOrString() || allowed.isEmpty()) {
      return MAX_TEXT;
    }
    return allowed.stream().mapToLong(each -> String.valueOf(each).length()).max().orElse(0);
  }

  private static @Nullable DeclaredType list(StructuralSchema schema, String name) {
    StructuralSchema items = schema.items();
    DeclaredType element = items == null ? null : of(items, name + ".@items", false);
    if (element == null) {
      return null;
    }
    Long max = schema.constraints().maxItems();
    return new DeclaredType(
        ListType.create(element.type),
        max == null ? MAX_TEXT / (element.minSize + 1) : Math.max(0, max),
        2,
        element,
        Map.of());
  }

  private static @Nullable DeclaredType map(StructuralSchema schema, String name) {
    StructuralSchema values = schema.additionalProperties();
    DeclaredType element = values == null ? null : of(values, name + ".@values", false);
    if (element == null) {
      return null;
    }
    Long max = schema.constraints().maxProperties();
    return new DeclaredType(
        MapType.create(SimpleType.STRING, element.type),
        max == null ? MAX_TEXT / (element.minSize + 6) : Math.max(0, max),
        2,
        element,
        Map.of());
  }

  private static DeclaredType object(StructuralSchema schema, String name, boolean resource) {
    Map<String, StructuralSchema> properties = new TreeMap<>(schema.properties());
    if (resource) {
      properties.put("kind", TEXT);
      properties.put("apiVersion", TEXT);
      properties.put("metadata", metadata(properties.get("metadata")));
    }
    Map<String, DeclaredType> fields = new LinkedHashMap<>();
    long[] minSize = {2};
    properties.forEach((property, field) -> {
      String escaped = CelNames.escape(property);
      DeclaredType type = of(field, name + "." + property, false);
      if (type != null && !escaped.isEmpty()) {
        fields.put(escaped, type);
      }
      boolean required = schema.constraints().required().contains(property);
      if (type != null && required && !field.hasDefault()) {
        minSize[0] += property.length() + type.minSize + 4;
      }
    });
    return new DeclaredType(StructTypeReference.create(name), UNSIZED, minSize[0], null, fields);
  }

  /// Of a resource's metadata expressions see the names only.
  private static StructuralSchema metadata(@Nullable StructuralSchema declared) {
    Map<String, @Nullable Object> names = new LinkedHashMap<>();
    names.put("name", declaredOrText(declared, "name"));
    names.put("generateName", declaredOrText(declared, "generateName"));
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("type", "object");
    tree.put("properties", names);
    return StructuralSchema.of(tree);
  }

  private static Map<String, @Nullable Object> declaredOrText(
      @Nullable StructuralSchema metadata, String name) {
    StructuralSchema field = metadata == null ? null : metadata.properties().get(name);
    return field == null ? TEXT.tree() : field.tree();
  }

  /// The object types in this one, by name.
  Map<String, StructType> structures() {
    Map<String, StructType> all = new LinkedHashMap<>();
    collect(all);
    return all;
  }

  @SuppressWarnings("Immutable") // nobody changes the fields
  private void collect(Map<String, StructType> all) {
    if (type instanceof StructTypeReference) {
      all.put(
          type.name(),
          StructType.create(
              type.name(),
              ImmutableSet.copyOf(fields.keySet()),
              name -> Optional.ofNullable(fields.get(name)).map(DeclaredType::type)));
    }
    if (element != null) {
      element.collect(all);
    }
    fields.values().forEach(field -> field.collect(all));
  }

  /// How large what is reached from here can be; the first step is the variable.
  @Nullable CelRange size(List<String> path) {
    DeclaredType at = this;
    for (String step : path.subList(1, path.size())) {
      DeclaredType next =
          switch (step) {
            case CelSizes.ITEMS, CelSizes.VALUES -> at.element;
            case CelSizes.KEYS ->
                at.type instanceof MapType ? leaf(SimpleType.STRING, MAX_TEXT, 2) : null;
            default -> at.fields.get(step);
          };
      if (next == null) {
        return null;
      }
      at = next;
    }
    return at.maxElements == UNSIZED ? null : CelRange.upTo(at.maxElements);
  }
}
