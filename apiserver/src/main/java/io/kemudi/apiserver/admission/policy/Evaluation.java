package io.kemudi.apiserver.admission.policy;

import io.kemudi.apimachinery.cel.CelBudget;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.cel.CelValues;
import io.kemudi.apiserver.admission.match.Expressions.Compiled;
import io.kemudi.apiserver.admission.match.MatchConditions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One policy with one parameter about one request: its values, its variables (each computed when
/// an expression that reads it is evaluated first, and paid for once) and its budget. Not
/// thread-safe.
final class Evaluation {
  private final Map<String, Compiled> variables;
  private final Map<String, Object> values;
  private final Map<String, CelFailure> failures = new HashMap<>();
  private final CelBudget budget = new CelBudget(CelBudget.PER_OBJECT);

  Evaluation(
      Policy policy,
      Map<String, Object> known,
      @Nullable Map<String, @Nullable Object> params,
      @Nullable Map<String, @Nullable Object> namespace) {
    variables = policy.variables();
    values = new HashMap<>(known);
    values.put("params", CelValues.of(params));
    values.put("namespaceObject", CelValues.of(namespace));
  }

  /// Whether the policy's match conditions hold.
  ///
  /// @throws CelFailure when that cannot be told
  boolean concerns(Policy policy) {
    policy
        .conditions()
        .conditions()
        .forEach(condition -> {
          CelExpression expression = condition.expression();
          if (expression != null) {
            computeFor(expression);
          }
        });
    return policy.conditions().isEmpty() || policy.conditions().hold(values);
  }

  /// What an expression gives.
  ///
  /// @throws CelFailure with the expression in its message
  Object give(Compiled expression) {
    try {
      return evaluate(expression.need());
    } catch (CelFailure e) {
      throw new CelFailure(e.reason(), MatchConditions.resultedIn(expression.text(), e));
    }
  }

  /// A variable that cannot be computed is missing from the values, which only hurts where it is
  /// really read: not behind a condition that says that it must not be.
  private Object evaluate(CelExpression expression) {
    computeFor(expression);
    try {
      return expression.evaluate(values, budget);
    } catch (CelFailure e) {
      for (Map.Entry<String, CelFailure> failed : failures.entrySet()) {
        if (expression.reads(failed.getKey())) {
          throw failed.getValue();
        }
      }
      throw e;
    }
  }

  private void computeFor(CelExpression expression) {
    variables.forEach((name, compiled) -> {
      String variable = Policy.VARIABLES + name;
      if (expression.reads(variable)
          && !values.containsKey(variable)
          && !failures.containsKey(variable)) {
        compute(name, variable, compiled);
      }
    });
  }

  private void compute(String name, String variable, Compiled compiled) {
    try {
      values.put(variable, evaluate(compiled.need()));
    } catch (CelFailure e) {
      failures.put(
          variable,
          new CelFailure(
              e.reason(), "composited variable \"" + name + "\" fails to evaluate: " + e.text()));
    }
  }
}
