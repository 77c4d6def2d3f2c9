package io.kemudi.apiserver.admission.policy;

import dev.cel.common.values.NullValue;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apiserver.admission.match.Expressions.Compiled;
import org.jspecify.annotations.Nullable;

/// What one validation says of a request.
sealed interface Verdict {
  /// Longer messages are not taken from an expression.
  int MAX_MESSAGE = 5 * 1024;

  record Admitted() implements Verdict {}

  /// `reason` "" stands for `Invalid`.
  record Denied(String reason, String message) implements Verdict {}

  static Verdict ofFailure(Policy policy, String message) {
    return policy.ignores() ? new Admitted() : new Denied("", message);
  }

  static Verdict of(Policy policy, Policy.Validation validation, Evaluation evaluation) {
    try {
      return Boolean.TRUE.equals(evaluation.give(validation.expression()))
          ? new Admitted()
          : new Denied(validation.reason(), message(validation, evaluation));
    } catch (CelFailure e) {
      return ofFailure(policy, e.text());
    }
  }

  private static String message(Policy.Validation validation, Evaluation evaluation) {
    String computed = computed(validation.messageExpression(), evaluation);
    if (!computed.isEmpty()) {
      return computed;
    }
    return validation.message().isEmpty()
        ? "failed expression: " + validation.expression().text().strip()
        : validation.message();
  }

  /// "" where the expression gives nothing that can be shown.
  ///
  /// @throws CelFailure when the budget is used up
  private static String computed(@Nullable Compiled expression, Evaluation evaluation) {
    if (expression == null) {
      return "";
    }
    try {
      String text = evaluation.give(expression) instanceof String message ? message.strip() : "";
      return text.length() > MAX_MESSAGE || text.indexOf('\n') >= 0 ? "" : text;
    } catch (CelFailure e) {
      if (e.reason() == CelFailure.Cause.BUDGET) {
        throw new CelFailure(e.reason(), "failed messageExpression: " + e.text());
      }
      return "";
    }
  }

  /// The value of an audit annotation; "" for none.
  ///
  /// @throws CelFailure when it cannot be told
  static String annotation(Compiled expression, Evaluation evaluation) {
    Object value = evaluation.give(expression);
    return switch (value) {
      case String text -> text.strip();
      case NullValue _ -> "";
      default ->
          throw new CelFailure(
              CelFailure.Cause.EVALUATION,
              "valueExpression '"
                  + expression.text()
                  + "' resulted in unsupported return type: "
                  + value.getClass().getSimpleName()
                  + ". Return type must be either string or null.");
    };
  }
}
