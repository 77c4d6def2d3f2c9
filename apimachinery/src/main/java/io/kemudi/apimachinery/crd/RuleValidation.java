package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.cel.CelBudget;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Evaluates the rules of a schema on an object within one budget. One use per object.
final class RuleValidation {
  private static final int MAX_MESSAGE = 5 * 1024;

  private final CelBudget budget = new CelBudget(CelBudget.PER_OBJECT);
  private final FieldErrors errors;
  private boolean stopped;

  private RuleValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(
      Object object, @Nullable Object old, CompiledRules rules, FieldErrors errors) {
    new RuleValidation(errors).node(object, old, rules, null, true);
  }

  private void node(
      @Nullable Object value,
      @Nullable Object old,
      CompiledRules rules,
      @Nullable FieldPath path,
      boolean resource) {
    if (stopped || value == null) {
      return;
    }
    // what a write leaves alone is not judged again (KEP-4008)
    boolean same = old != null && Same.values(value, old);
    rules(value, old, rules, path, resource, same);
    if (value instanceof Map<?, ?> map) {
      fields(map, old instanceof Map<?, ?> was ? was : Map.of(), rules, path);
    }
    List<?> list = Trees.listOrNull(value);
    CompiledRules items = rules.items();
    if (list != null && items != null && path != null) {
      Correlation before = Correlation.of(rules.schema(), old);
      for (int i = 0; i < list.size(); i++) {
        node(list.get(i), before.element(list.get(i)), items, path.index(i), false);
      }
    }
  }

  private void fields(Map<?, ?> map, Map<?, ?> old, CompiledRules rules, @Nullable FieldPath path) {
    rules
        .properties()
        .forEach((name, below) ->
            node(
                map.get(name),
                old.get(name),
                below,
                path == null ? FieldPath.of(name) : path.child(name),
                false));
    CompiledRules additional = rules.additional();
    if (additional != null) {
      map.forEach((key, value) -> {
        String name = String.valueOf(key);
        FieldPath at = path == null ? FieldPath.of(name) : path.key(name);
        node(value, old.get(key), additional, at, false);
      });
    }
  }

  private void rules(
      Object value,
      @Nullable Object old,
      CompiledRules rules,
      @Nullable FieldPath path,
      boolean resource,
      boolean same) {
    if (rules.rules().isEmpty()) {
      return;
    }
    Map<String, Object> usual = new HashMap<>();
    Map<String, Object> optional = new HashMap<>();
    Object self = SchemaValues.of(value, rules.schema(), resource);
    Object before = old == null ? null : SchemaValues.of(old, rules.schema(), resource);
    usual.put(CompiledRules.SELF, self);
    optional.put(CompiledRules.SELF, self);
    if (before != null) {
      usual.put(CompiledRules.OLD_SELF, before);
    }
    optional.put(CompiledRules.OLD_SELF, Optional.ofNullable(before));
    for (CompiledRules.Compiled rule : rules.rules()) {
      boolean transition = rule.isTransition();
      if (stopped || rule.expression() == null || same && !transition) {
        continue;
      }
      if (!transition || before != null || rule.wantsOptionalOld()) {
        rule(rule, value, path, rule.wantsOptionalOld() ? optional : usual);
      }
    }
  }

  private void rule(
      CompiledRules.Compiled rule,
      Object value,
      @Nullable FieldPath path,
      Map<String, Object> variables) {
    FieldPath at = path == null ? FieldPath.of("<nil>") : path;
    CelExpression expression = java.util.Objects.requireNonNull(rule.expression());
    try {
      if (!Boolean.TRUE.equals(expression.evaluate(variables, budget))) {
        fail(rule, value, at, path, message(rule, variables));
      }
    } catch (CelFailure e) {
      switch (e.reason()) {
        case BUDGET -> {
          errors.invalid(at, shown(value), e.text());
          stopped = true;
        }
        case CALL_COST -> {
          errors.invalid(
              at,
              typeName(value),
              "no further validation rules will be run due to call cost exceeds limit for rule: "
                  + rule.rule().label());
          stopped = true;
        }
        case EVALUATION, COMPILATION ->
            errors.invalid(
                at, typeName(value), e.text() + " evaluating rule: " + rule.rule().label());
      }
    }
  }

  /// A message expression that fails or says nothing gives way to the message.
  private String message(CompiledRules.Compiled rule, Map<String, Object> variables) {
    CelExpression expression = rule.messageExpression();
    if (expression == null) {
      return rule.rule().failure();
    }
    try {
      String text = String.valueOf(expression.evaluate(variables, budget)).strip();
      boolean usable = !text.isEmpty() && text.indexOf('\n') < 0 && text.length() <= MAX_MESSAGE;
      return usable ? text : rule.rule().failure();
    } catch (CelFailure _) {
      return rule.rule().failure();
    }
  }

  private void fail(
      CompiledRules.Compiled rule,
      Object value,
      FieldPath at,
      @Nullable FieldPath path,
      String message) {
    String relative = rule.rule().fieldPath();
    FieldPath where = relative.isEmpty() ? at : SchemaPaths.append(path, relative);
    Object shown = relative.isEmpty() ? shown(value) : FieldError.OMITTED;
    switch (rule.rule().reason()) {
      case "FieldValueForbidden" -> errors.forbidden(where, message);
      case "FieldValueRequired" -> errors.required(where, message);
      case "FieldValueDuplicate" -> errors.add(FieldError.Type.DUPLICATE, where, shown, "");
      default -> errors.invalid(where, shown, message);
    }
  }

  /// Objects and lists may be large.
  private static Object shown(Object value) {
    return value instanceof Map || value instanceof List ? FieldError.OMITTED : value;
  }

  private static String typeName(Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      case String _ -> "string";
      case Boolean _ -> "boolean";
      case Double _ -> "number";
      default -> "integer";
    };
  }
}
