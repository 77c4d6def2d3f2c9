package io.kemudi.apimachinery.crd;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a schema demands of a value beyond its form.
///
/// @param pattern null: none, or one that is no regular expression
record Constraints(
    @Nullable Number minimum,
    @Nullable Number maximum,
    boolean exclusiveMinimum,
    boolean exclusiveMaximum,
    @Nullable Number multipleOf,
    @Nullable Long minLength,
    @Nullable Long maxLength,
    @Nullable Pattern pattern,
    @Nullable Long minItems,
    @Nullable Long maxItems,
    boolean uniqueItems,
    @Nullable Long minProperties,
    @Nullable Long maxProperties,
    List<String> required,
    List<?> allowed,
    List<StructuralSchema> allOf,
    List<StructuralSchema> anyOf,
    List<StructuralSchema> oneOf,
    @Nullable StructuralSchema not) {

  static Constraints of(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> not = Trees.objectOrNull(tree.get("not"));
    List<?> allowed = Trees.listOrNull(tree.get("enum"));
    return new Constraints(
        number(tree, "minimum"),
        number(tree, "maximum"),
        Boolean.TRUE.equals(tree.get("exclusiveMinimum")),
        Boolean.TRUE.equals(tree.get("exclusiveMaximum")),
        number(tree, "multipleOf"),
        count(tree, "minLength"),
        count(tree, "maxLength"),
        pattern(Trees.string(tree, "pattern")),
        count(tree, "minItems"),
        count(tree, "maxItems"),
        Boolean.TRUE.equals(tree.get("uniqueItems")),
        count(tree, "minProperties"),
        count(tree, "maxProperties"),
        texts(tree, "required"),
        allowed == null ? List.of() : allowed,
        schemas(tree, "allOf"),
        schemas(tree, "anyOf"),
        schemas(tree, "oneOf"),
        not == null ? null : StructuralSchema.of(not));
  }

  private static @Nullable Number number(Map<String, @Nullable Object> tree, String name) {
    return tree.get(name) instanceof Number number ? number : null;
  }

  private static @Nullable Long count(Map<String, @Nullable Object> tree, String name) {
    return tree.get(name) instanceof Number number ? number.longValue() : null;
  }

  private static @Nullable Pattern pattern(String text) {
    try {
      return text.isEmpty() ? null : Pattern.compile(text);
    } catch (PatternSyntaxException _) {
      return null; // refused when the definition was written
    }
  }

  private static List<String> texts(Map<String, @Nullable Object> tree, String name) {
    List<String> texts = new ArrayList<>();
    List<?> list = Trees.listOrNull(tree.get(name));
    if (list != null) {
      list.forEach(text -> texts.add(String.valueOf(text)));
    }
    return texts;
  }

  private static List<StructuralSchema> schemas(Map<String, @Nullable Object> tree, String name) {
    List<StructuralSchema> schemas = new ArrayList<>();
    List<?> list = Trees.listOrNull(tree.get(name));
    if (list != null) {
      for (Object each : list) {
        Map<String, @Nullable Object> map = Trees.objectOrNull(each);
        if (map != null) {
          schemas.add(StructuralSchema.of(map));
        }
      }
    }
    return schemas;
  }
}
