package io.kemudi.apimachinery.cel;

/// What the expressions of one request may cost together, in upstream's cost units (about 50 ns
/// each). Not thread-safe: one request, one budget.
public final class CelBudget {
  /// For one evaluation of one expression.
  public static final long PER_CALL = 1_000_000;

  /// For all rules of one custom resource, or all expressions of one policy.
  public static final long PER_OBJECT = 10_000_000;

  /// For all match conditions of one webhook or policy.
  public static final long MATCH_CONDITIONS = PER_OBJECT / 4;

  private long left;

  public CelBudget(long units) {
    left = units;
  }

  public long left() {
    return left;
  }

  /// @throws CelFailure when that was more than is left
  void spend(long units) {
    left -= units;
    if (left < 0) {
      throw new CelFailure(
          CelFailure.Cause.BUDGET,
          "validation failed due to running out of cost budget, no further validation rules will be"
              + " run");
    }
  }
}
