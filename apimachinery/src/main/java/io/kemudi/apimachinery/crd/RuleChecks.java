package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.cel.CelCosts;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelRange;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks the rules of a schema when its definition is written: that they compile, that what they
/// point to exists, that they compare with old values only where there is one, and that they cannot
/// cost too much (KEP-2876).
final class RuleChecks {
  private static final long EXPRESSION_LIMIT = 10_000_000;
  private static final long SCHEMA_LIMIT = 100_000_000;
  private static final int MOST_EXPENSIVE = 4;

  /// Cheaper rules are not what to begin with.
  private static final long WORTH_NAMING = SCHEMA_LIMIT / 100;

  private static final String ADVICE =
      " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays,"
          + " maps, and strings are declared)";
  private static final List<String> REASONS =
      List.of(
          "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");

  private record Contribution(FieldPath path, long cost) {}

  private final FieldErrors errors;
  private final List<Contribution> contributions = new ArrayList<>();
  private long total;

  private RuleChecks(FieldErrors errors) {
    this.errors = errors;
  }

  static void check(StructuralSchema schema, FieldPath path, FieldErrors errors) {
    CompiledRules rules = CompiledRules.of(schema, true);
    if (rules == null) {
      return;
    }
    RuleChecks checks = new RuleChecks(errors);
    checks.node(rules, path, 1, null);
    if (checks.total > SCHEMA_LIMIT) {
      checks.contributions.stream()
          .filter(each -> each.cost > WORTH_NAMING)
          .sorted(Comparator.comparingLong(Contribution::cost).reversed())
          .limit(MOST_EXPENSIVE)
          .forEach(each ->
              errors.forbidden(
                  each.path,
                  "contributed to estimated rule cost total exceeding cost limit for entire"
                      + " OpenAPIv3 schema"));
      errors.forbidden(
          path,
          exceeds(
              "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema",
              checks.total,
              SCHEMA_LIMIT));
    }
  }

  /// @param times how often the node's rules are evaluated at most
  /// @param uncorrelatable the list without keys that this is inside of, if any
  private void node(
      CompiledRules rules, FieldPath path, long times, @Nullable FieldPath uncorrelatable) {
    FieldPath all = path.child("x-kubernetes-validations");
    if (!rules.schema().rules().isEmpty() && rules.type() == null) {
      errors.invalid(
          all,
          rules.schema().type(),
          "must specify a type that expressions can see: rules cannot stand where nothing is"
              + " declared");
    }
    for (int i = 0; i < rules.rules().size(); i++) {
      rule(rules, rules.rules().get(i), all.index(i), times, uncorrelatable);
    }
    CompiledRules items = rules.items();
    if (items != null) {
      boolean correlates = rules.schema().listType().equals("map");
      node(
          items,
          path.child("items"),
          product(times, count(rules)),
          uncorrelatable == null && !correlates ? path : uncorrelatable);
    }
    CompiledRules additional = rules.additional();
    if (additional != null) {
      node(
          additional,
          path.child("additionalProperties"),
          product(times, count(rules)),
          uncorrelatable);
    }
    rules
        .properties()
        .forEach((name, below) ->
            node(below, path.child("properties").key(name), times, uncorrelatable));
  }

  private static long count(CompiledRules rules) {
    DeclaredType type = rules.type();
    return type == null ? Long.MAX_VALUE : type.maxElements();
  }

  private static long product(long one, long other) {
    return CelRange.exactly(one).times(CelRange.exactly(other)).max();
  }

  private void rule(
      CompiledRules rules,
      CompiledRules.Compiled compiled,
      FieldPath path,
      long times,
      @Nullable FieldPath uncorrelatable) {
    ValidationRule rule = compiled.rule();
    if (rule.rule().isBlank()) {
      errors.required(path.child("rule"), "rule is not specified");
    }
    texts(rule, path);
    if (!rule.reason().isEmpty() && !REASONS.contains(rule.reason())) {
      errors.notSupported(path.child("reason"), rule.reason(), REASONS);
    }
    if (!rule.fieldPath().isEmpty() && !SchemaPaths.exists(rules.schema(), rule.fieldPath())) {
      errors.invalid(path.child("fieldPath"), rule.fieldPath(), "must be a valid path");
    }
    if (!compiled.error().isEmpty()) {
      errors.invalid(path.child("rule"), goText(rule), compiled.error());
    }
    if (!compiled.messageError().isEmpty()) {
      errors.invalid(path.child("messageExpression"), goText(rule), compiled.messageError());
    }
    DeclaredType type = rules.type();
    CelExpression expression = compiled.expression();
    if (expression != null && type != null && compiled.error().isEmpty()) {
      cost(expression, type, times, path.child("rule"), "estimated rule cost");
      if (compiled.isTransition() && uncorrelatable != null) {
        errors.invalid(
            path.child("rule"),
            rule.rule(),
            "oldSelf cannot be used on the uncorrelatable portion of the schema within "
                + uncorrelatable);
      }
      if (!compiled.isTransition() && rule.optionalOldSelf() != null) {
        errors.invalid(
            path.child("optionalOldSelf"),
            rule.optionalOldSelf(),
            "option optionalOldSelf is only available in rules that use oldSelf");
      }
    }
    CelExpression message = compiled.messageExpression();
    if (message != null && type != null) {
      cost(
          message,
          type,
          times,
          path.child("messageExpression"),
          "estimated messageExpression cost");
    }
  }

  private void texts(ValidationRule rule, FieldPath path) {
    if (rule.message().indexOf('\n') >= 0) {
      errors.invalid(path.child("message"), rule.message(), "must not contain line breaks");
    } else if (!rule.message().isEmpty() && rule.message().isBlank()) {
      errors.invalid(
          path.child("message"), rule.message(), "message must be non-empty if specified");
    }
    if (rule.rule().strip().indexOf('\n') >= 0
        && rule.message().isEmpty()
        && rule.messageExpression().isEmpty()) {
      errors.required(
          path.child("message"), "message must be specified if rule contains line breaks");
    }
    if (!rule.messageExpression().isEmpty() && rule.messageExpression().isBlank()) {
      errors.required(
          path.child("messageExpression"), "messageExpression must be non-empty if specified");
    }
  }

  private void cost(
      CelExpression expression, DeclaredType type, long times, FieldPath path, String what) {
    long once = CelCosts.estimate(expression, type::size).max();
    long cost = product(once, times);
    if (cost > EXPRESSION_LIMIT) {
      errors.forbidden(path, exceeds(what, cost, EXPRESSION_LIMIT));
    }
    contributions.add(new Contribution(path, cost));
    total = CelRange.exactly(total).plus(CelRange.exactly(cost)).max();
  }

  private static String exceeds(String what, long cost, long limit) {
    double factor = (double) cost / limit;
    String by =
        factor > 100
            ? "more than 100x"
            : String.format(Locale.ROOT, factor < 1.5 ? "%fx" : "%.1fx", factor);
    return what + " exceeds budget by factor of " + by + ADVICE;
  }

  /// As upstream shows a rule.
  private static Map<String, @Nullable Object> goText(ValidationRule rule) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("Rule", rule.rule());
    shown.put("Message", rule.message());
    shown.put("MessageExpression", rule.messageExpression());
    shown.put("Reason", rule.reason().isEmpty() ? null : rule.reason());
    shown.put("FieldPath", rule.fieldPath());
    shown.put("OptionalOldSelf", rule.optionalOldSelf());
    return shown;
  }
}
