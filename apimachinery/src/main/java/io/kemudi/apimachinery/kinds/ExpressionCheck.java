package io.kemudi.apimachinery.kinds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the CEL expressions that objects carry. What an expression may say depends on where it
/// stands. Pure, any thread; about a millisecond an expression.
public interface ExpressionCheck {
  /// Where an expression stands, from which its variables and the type of its result follow.
  enum Place {
    MATCH_CONDITION,
    POLICY_VARIABLE,
    POLICY_VALIDATION,
    POLICY_MESSAGE,
    AUDIT_ANNOTATION,
    JSON_PATCH,
    APPLY_CONFIGURATION,
    DEVICE_SELECTOR
  }

  /// A named expression of a policy, which those after it may use.
  record Variable(String name, String expression) {}

  /// @param hasParams whether the policy has parameters
  /// @param variables those declared before the expression
  record Scope(boolean hasParams, List<Variable> variables) {
    static final Scope NOTHING = new Scope(false, List.of());

    public Scope {
      variables = List.copyOf(variables);
    }
  }

  /// For expressions that are stored, which were right when they came.
  ExpressionCheck STORED = (place, expression, scope) -> null;

  /// What is wrong with an expression, in upstream's words; null when nothing is.
  @Nullable String complaint(Place place, String expression, Scope scope);
}
