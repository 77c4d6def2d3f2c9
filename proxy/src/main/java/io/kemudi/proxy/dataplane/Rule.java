package io.kemudi.proxy.dataplane;

import java.util.List;

/// What happens to traffic to one [Frontend].
///
/// @param backends who may take it; with none, new connections are refused
/// @param sticky one client address always reaches the same backend, as long as the backends stay
/// @param masquerade hide the client's address, because the way back must lead over this node
/// @param dropWhenEmpty with no backends say nothing instead of refusing: another node may have
///   some
public record Rule(
    List<Backend> backends, boolean sticky, boolean masquerade, boolean dropWhenEmpty) {
  public Rule {
    backends = List.copyOf(backends);
  }
}
