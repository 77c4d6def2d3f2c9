package io.kemudi.proxy.dataplane;

import java.io.IOException;

/// Makes services reachable on this node.
///
/// [#apply] takes the complete desired state, [#change] what is different from the state before;
/// either all of it holds afterwards or, when they throw, what held before. A change costs what it
/// touches, however many services there are. Called by one thread at a time. Connections that exist
/// are left alone. Closing leaves the rules in place, so that a restart interrupts nobody, where
/// the means allow it (each implementation says).
public interface Dataplane extends AutoCloseable {
  /// For logs and the status screen.
  String name();

  void apply(DesiredRules desired) throws IOException;

  /// Only after a first [#apply].
  void change(RulesChange change) throws IOException;

  /// Whether what was applied is still in place, as far as a look that costs little can tell: if
  /// not, it is to be applied as a whole.
  boolean intact();

  @Override
  void close();
}
