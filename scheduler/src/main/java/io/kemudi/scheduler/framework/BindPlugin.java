package io.kemudi.scheduler.framework;

import io.kemudi.client.api.Binding;
import io.kemudi.client.api.Outcome;
import java.util.List;

/// Tells the server. Called on a binding thread with all decisions that wait; may block.
public interface BindPlugin extends Plugin {
  /// One outcome per binding, in order.
  List<Outcome<Binding>> bind(List<Binding> bindings);
}
