package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether values are as a schema wants them, in the words of upstream's OpenAPI validator. One use
/// per object; not thread-safe.
///
/// Ratcheting (KEP-4008): what an update leaves as it was is not complained about, so that a schema
/// may become stricter than objects that are stored already.
public final class ValueValidation {
  private static final int MAX_ERRORS = 1_000;

  private final FieldErrors errors;

  private ValueValidation(FieldErrors errors) {
    this.errors = errors;
  }

  /// Adds to `errors` what is wrong with `value`.
  ///
  /// @param path of the value, empty for a whole object
  /// @param old what was there before this write, null at creation
  public static void validate(
      @Nullable Object value,
      @Nullable Object old,
      StructuralSchema schema,
      String path,
      FieldErrors errors) {
    new ValueValidation(errors).value(value, old, schema, path);
  }

  private void value(
      @Nullable Object value, @Nullable Object old, StructuralSchema schema, String path) {
    if (errors.size() > MAX_ERRORS || old != null && old.equals(value)) {
      return;
    }
    if (value == null) {
      if (!schema.isNullable() && !schema.type().isEmpty()) {
        wrongType(path, schema.type(), "null");
      }
      return;
    }
    type(value, schema, path);
    combinations(value, schema, path);
    switch (value) {
      case String text -> text(text, schema, path);
      case Number number -> number(number, schema.constraints(), path);
      case List<?> list -> list(list, old, schema, path);
      default -> {}
    }
    allowed(value, schema.constraints(), path);
    if (value instanceof Map<?, ?> map) {
      object(map, old, schema, path);
    }
  }

  // ---- type ----

  private void type(Object value, StructuralSchema schema, String path) {
    String actual = typeOf(value);
    if (schema.isIntOrString()) {
      if (!actual.equals("integer") && !actual.equals("string")) {
        wrongType(path, "integer,string", actual);
      }
      return;
    }
    String wanted = schema.type();
    boolean fits =
        wanted.isEmpty()
            || wanted.equals(actual)
            || wanted.equals("number") && actual.equals("integer");
    if (!fits) {
      wrongType(path, wanted, actual);
    } else if (!Formats.has(schema.format(), value)) {
      wrongFormat(path, schema.format(), value);
    }
  }

  private static String typeOf(Object value) {
    return switch (value) {
      case String _ -> "string";
      case Boolean _ -> "boolean";
      case Double number when number == Math.rint(number) && Double.isFinite(number) -> "integer";
      case Double _ -> "number";
      case Number _ -> "integer";
      case List<?> _ -> "array";
      default -> "object";
    };
  }

  private void wrongType(String path, String wanted, String actual) {
    errors.add(
        FieldError.Type.TYPE_INVALID,
        field(path),
        actual,
        path + " in body must be of type " + wanted + ": \"" + actual + "\"");
  }

  private void wrongFormat(String path, String format, Object value) {
    invalid(path, value, "must be of type " + format + ": \"" + value + "\"");
  }

  private void invalid(String path, @Nullable Object value, String what) {
    errors.invalid(field(path), value, path + " in body " + what);
  }

  private static FieldPath field(String path) {
    return FieldPath.of(path.isEmpty() ? "<nil>" : path);
  }

  // ---- combinations ----

  private void combinations(Object value, StructuralSchema schema, String path) {
    Constraints constraints = schema.constraints();
    if (!constraints.anyOf().isEmpty()
        && constraints.anyOf().stream().noneMatch(each -> fits(value, each, path))) {
      invalid(path, FieldError.OMITTED, "must validate at least one schema (anyOf)");
      // the first alternative tells best what was meant
      value(value, null, constraints.anyOf().getFirst(), path);
    }
    if (!constraints.oneOf().isEmpty()) {
      long fitting = constraints.oneOf().stream().filter(each -> fits(value, each, path)).count();
      if (fitting != 1) {
        String found =
            fitting == 0 ? "Found none valid" : "Found " + fitting + " valid alternatives";
        invalid(
            path, FieldError.OMITTED, "must validate one and only one schema (oneOf). " + found);
      }
    }
    int before = errors.size();
    constraints.allOf().forEach(each -> value(value, null, each, path));
    if (errors.size() > before) {
      invalid(path, FieldError.OMITTED, "must validate all the schemas (allOf)");
    }
    StructuralSchema not = constraints.not();
    if (not != null && fits(value, not, path)) {
      invalid(path, FieldError.OMITTED, "must not validate the schema (not)");
    }
  }

  private static boolean fits(Object value, StructuralSchema schema, String path) {
    FieldErrors found = new FieldErrors();
    new ValueValidation(found).value(value, null, schema, path);
    return found.isEmpty();
  }

  // ---- text and numbers ----

  private void text(String text, StructuralSchema schema, String path) {
    Constraints constraints = schema.constraints();
    long length = text.codePointCount(0, text.length());
    Long max = constraints.maxLength();
    if (max != null && length > max) {
      errors.tooLong(field(path), Math.toIntExact(Math.min(max, Integer.MAX_VALUE)));
    }
    Long min = constraints.minLength();
    if (min != null && length < min) {
      invalid(path, text, "should be at least " + min + " chars long");
    }
    if (constraints.pattern() != null && !constraints.pattern().matcher(text).find()) {
      invalid(path, text, "should match '" + constraints.pattern().pattern() + "'");
    }
  }

  private void number(Number value, Constraints constraints, String path) {
    BigDecimal number = exact(value);
    Number multiple = constraints.multipleOf();
    if (multiple != null
        && exact(multiple).signum() != 0
        && number.remainder(exact(multiple)).signum() != 0) {
      invalid(path, value, "should be a multiple of " + shown(multiple));
    }
    Number max = constraints.maximum();
    if (max != null) {
      int order = number.compareTo(exact(max));
      if (order > 0 || constraints.exclusiveMaximum() && order == 0) {
        String than = constraints.exclusiveMaximum() ? "less than " : "less than or equal to ";
        invalid(path, value, "should be " + than + shown(max));
      }
    }
    Number min = constraints.minimum();
    if (min != null) {
      int order = number.compareTo(exact(min));
      if (order < 0 || constraints.exclusiveMinimum() && order == 0) {
        String than =
            constraints.exclusiveMinimum() ? "greater than " : "greater than or equal to ";
        invalid(path, value, "should be " + than + shown(min));
      }
    }
  }

  private static BigDecimal exact(Number number) {
    return new BigDecimal(number.toString());
  }

  private static String shown(Number number) {
    return exact(number).stripTrailingZeros().toPlainString();
  }

  private void allowed(Object value, Constraints constraints, String path) {
    if (constraints.allowed().isEmpty()) {
      return;
    }
    for (Object each : constraints.allowed()) {
      if (Same.values(each, value)) {
        return;
      }
    }
    List<String> supported = new ArrayList<>();
    constraints.allowed().forEach(each -> supported.add(String.valueOf(each)));
    errors.notSupported(field(path), value, supported);
  }

  // ---- lists and objects ----

  private void list(List<?> list, @Nullable Object old, StructuralSchema schema, String path) {
    Constraints constraints = schema.constraints();
    StructuralSchema items = schema.items();
    if (items != null) {
      Correlation before = Correlation.of(schema, old);
      for (int i = 0; i < list.size(); i++) {
        value(list.get(i), before.element(list.get(i)), items, path + "[" + i + "]");
      }
    }
    Long min = constraints.minItems();
    if (min != null && list.size() < min) {
      invalid(path, FieldError.OMITTED, "should have at least " + min + " items");
    }
    Long max = constraints.maxItems();
    if (max != null && list.size() > max) {
      errors.tooMany(field(path), list.size(), Math.toIntExact(Math.min(max, Integer.MAX_VALUE)));
    }
    if (constraints.uniqueItems() && hasDuplicates(list)) {
      invalid(path, FieldError.OMITTED, "shouldn't contain duplicates");
    }
  }

  private static boolean hasDuplicates(List<?> list) {
    Set<Object> seen = new HashSet<>();
    return !list.stream().allMatch(each -> seen.add(Same.key(each)));
  }

  private void object(Map<?, ?> map, @Nullable Object old, StructuralSchema schema, String path) {
    Constraints constraints = schema.constraints();
    Long min = constraints.minProperties();
    if (min != null && map.size() < min) {
      invalid(path, FieldError.OMITTED, "should have at least " + min + " properties");
    }
    Long max = constraints.maxProperties();
    if (max != null && map.size() > max) {
      errors.tooMany(field(path), map.size(), Math.toIntExact(Math.min(max, Integer.MAX_VALUE)));
    }
    Map<?, ?> before = old instanceof Map<?, ?> was ? was : Map.of();
    StructuralSchema additional = schema.additionalProperties();
    if (additional != null) {
      map.forEach((name, each) -> {
        if (!schema.properties().containsKey(String.valueOf(name))) {
          value(each, before.get(name), additional, step(path, String.valueOf(name)));
        }
      });
    }
    schema
        .properties()
        .forEach((name, field) -> {
          if (map.containsKey(name)) {
            value(map.get(name), before.get(name), field, step(path, name));
          }
        });
    for (String name : constraints.required()) {
      if (!map.containsKey(name)) {
        errors.required(field(step(path, name)));
      }
    }
  }

  private static String step(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
