package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.intstr.IntOrString;

/// Ports by number or by the name that the container gives them.
public final class Ports {
  private static final int STRING = 1; // IntOrString's type

  private Ports() {}

  /// @throws IllegalArgumentException for a name that the container does not have
  public static int resolve(IntOrString port, Container container) {
    if (port.getType() != STRING) {
      return port.getIntVal();
    }
    for (ContainerPort candidate : container.getPortsList()) {
      if (candidate.getName().equals(port.getStrVal())) {
        return candidate.getContainerPort();
      }
    }
    try {
      return Integer.parseInt(port.getStrVal());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "couldn't find port: \"" + port.getStrVal() + "\" in container " + container.getName());
    }
  }
}
