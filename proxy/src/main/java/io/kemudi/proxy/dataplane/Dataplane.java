package io.kemudi.proxy.dataplane;

import java.io.IOException;

/// Makes services reachable on this node.
///
/// [#apply] takes the complete desired state, and either all of it holds afterwards or, when it
/// throws, what held before; only what changed is touched. Called by one thread at a time.
/// Connections that exist are left alone. Closing leaves the rules in place, so that a restart
/// interrupts nobody, where the means allow it (each implementation says).
public interface Dataplane extends AutoCloseable {
  /// For logs and the status screen.
  String name();

  void apply(DesiredRules desired) throws IOException;

  @Override
  void close();
}
