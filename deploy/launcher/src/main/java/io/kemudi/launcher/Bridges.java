package io.kemudi.launcher;

/// Names of the pod bridges of the nodes that share this machine.
final class Bridges {
  private Bridges() {}

  static String ofNode(int index) {
    return "kemudi" + index;
  }
}
