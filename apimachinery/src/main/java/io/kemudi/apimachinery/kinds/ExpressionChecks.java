package io.kemudi.apimachinery.kinds;

/// The one place that says which check reads the expressions of policies, webhooks and device
/// classes.
final class ExpressionChecks {
  static final ExpressionCheck CURRENT = new CelExpressionCheck();

  private ExpressionChecks() {}
}
