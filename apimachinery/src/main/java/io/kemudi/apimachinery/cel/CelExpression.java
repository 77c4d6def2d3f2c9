package io.kemudi.apimachinery.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;

/// A compiled expression. Immutable, any thread.
public final class CelExpression {
  private final String text;
  private final CelAbstractSyntaxTree ast;
  private final CelRuntime.Program program;

  CelExpression(String text, CelAbstractSyntaxTree ast, CelRuntime.Program program) {
    this.text = text;
    this.ast = ast;
    this.program = program;
  }

  public String text() {
    return text;
  }

  /// The type of what it gives.
  public CelType type() {
    return ast.getResultType();
  }

  /// Whether it reads this variable.
  public boolean reads(String variable) {
    return ast.getReferenceMap().values().stream()
        .anyMatch(reference -> reference.name().equals(variable));
  }

  /// For cost estimates and for what else looks at the form of an expression.
  CelAbstractSyntaxTree ast() {
    return ast;
  }

  /// What it gives for these variables ([CelValues]). Stops when it costs more than the budget has
  /// left or than one call may.
  ///
  /// @throws CelFailure when it cannot be told; the message is upstream's
  public Object evaluate(Map<String, ?> variables, CelBudget budget) {
    CelMeter meter = new CelMeter(ast);
    try {
      return program.trace(variables, meter);
    } catch (CelMeter.Exceeded _) {
      throw new CelFailure(
          CelFailure.Cause.CALL_COST, "call cost exceeds limit for expression: " + text);
    } catch (CelEvaluationException e) {
      if (meter.isExceeded()) {
        throw new CelFailure(
            CelFailure.Cause.CALL_COST, "call cost exceeds limit for expression: " + text);
      }
      throw new CelFailure(CelFailure.Cause.EVALUATION, EvaluationErrors.text(e));
    } finally {
      budget.spend(meter.cost());
    }
  }
}
