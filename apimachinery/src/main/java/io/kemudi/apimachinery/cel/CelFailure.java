package io.kemudi.apimachinery.cel;

/// An expression that could not be compiled or evaluated, in upstream's words.
public final class CelFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Cause {
    /// The text is no expression, or one whose types do not fit.
    COMPILATION,
    /// It failed on these values.
    EVALUATION,
    /// This one evaluation cost more than [CelBudget#PER_CALL].
    CALL_COST,
    /// The request's budget is used up.
    BUDGET
  }

  private final Cause reason;

  public CelFailure(Cause reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Cause reason() {
    return reason;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
