package io.kemudi.nodeagent.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Everything decided about a container before it starts, free of CRI and of any particular way to
/// start it.
///
/// @param bundle its folder of pipes and scripts, see [Supervision]
/// @param rootLines shell lines, run in a mount namespace of the container's own, that put its root
///   file system at `rootfs` in the bundle
/// @param pidNamespace of another container or the pod; empty for one of its own unless `hostPid`
record ContainerSpec(
    String id,
    Path bundle,
    String rootLines,
    boolean readonlyRoot,
    boolean privileged,
    ContainerProcess process,
    List<MountPoint> mounts,
    Optional<Path> networkNamespace,
    Optional<Path> ipcNamespace,
    Optional<Path> utsNamespace,
    Optional<Path> pidNamespace,
    boolean hostPid,
    Cgroup cgroup,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    Seccomp seccomp) {

  /// One mount, in the order in which they are made. `destination` has no symbolic links in it.
  record MountPoint(String destination, String type, String source, List<String> options) {
    MountPoint {
      options = List.copyOf(options);
    }

    boolean isBind() {
      return type.equals("bind");
    }
  }

  /// Which system calls are let through.
  sealed interface Seccomp {
    record Unconfined() implements Seccomp {}

    record RuntimeDefault() implements Seccomp {}

    record Profile(Path file) implements Seccomp {}
  }
}
