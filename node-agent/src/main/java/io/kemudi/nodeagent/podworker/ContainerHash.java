package io.kemudi.nodeagent.podworker;

import io.kemudi.kubernetes.core.v1.Container;

/// Tells whether a running container is still the one that is wanted. Only what may change in a
/// living pod counts, the image; a new agent that knows more fields must not restart everything.
final class ContainerHash {
  private ContainerHash() {}

  static String of(Container container) {
    return Integer.toHexString((container.getName() + "\n" + container.getImage()).hashCode());
  }
}
