package io.kemudi.apiserver.admission.match;

import io.kemudi.apimachinery.cel.CelBudget;
import io.kemudi.apimachinery.cel.CelEnvironment;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.admission.match.Expressions.Compiled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Expressions that all have to be true for a webhook or a policy to be asked.
public record MatchConditions(List<Compiled> conditions) {
  public MatchConditions {
    conditions = List.copyOf(conditions);
  }

  public static MatchConditions of(CelEnvironment environment, @Nullable Object trees) {
    List<Compiled> conditions = new ArrayList<>();
    if (trees instanceof List<?> list) {
      for (Object each : list) {
        Map<String, @Nullable Object> tree = Trees.object(each, "a match condition");
        conditions.add(Compiled.of(environment, Trees.string(tree, "expression")));
      }
    }
    return new MatchConditions(conditions);
  }

  public boolean isEmpty() {
    return conditions.isEmpty();
  }

  /// Whether all are true. One that is false decides, whatever is wrong with others.
  ///
  /// @throws CelFailure when none is false and not all can be told
  public boolean hold(Map<String, Object> values) {
    CelBudget budget = new CelBudget(CelBudget.MATCH_CONDITIONS);
    List<String> failures = new ArrayList<>();
    for (Compiled condition : conditions) {
      try {
        if (!Boolean.TRUE.equals(condition.need().evaluate(values, budget))) {
          return false;
        }
      } catch (CelFailure e) {
        failures.add(resultedIn(condition.text(), e));
        if (e.reason() == CelFailure.Cause.BUDGET) {
          break;
        }
      }
    }
    if (failures.isEmpty()) {
      return true;
    }
    throw new CelFailure(
        CelFailure.Cause.EVALUATION,
        failures.size() == 1 ? failures.getFirst() : "[" + String.join(", ", failures) + "]");
  }

  /// How a failure of one expression is told.
  public static String resultedIn(String expression, CelFailure failure) {
    return switch (failure.reason()) {
      case BUDGET, CALL_COST -> failure.text();
      case EVALUATION, COMPILATION ->
          "expression '" + expression + "' resulted in error: " + failure.text();
    };
  }
}
