package io.kemudi.launcher;

/// `--runtime`: what runs containers.
public enum RuntimeChoice {
  /// The embedded runtime.
  AUTO,
  /// A CRI runtime that is there already, such as containerd.
  CRI,
  /// `kemudi runtime`, a process of ours beside the cluster.
  EMBEDDED,
  /// None: pods are only said to run. For simulations.
  HOLLOW
}
