package io.kemudi.nodeagent.embedded;

import java.nio.file.Path;
import java.util.List;

/// What `kemudi runtime` needs to know.
///
/// @param socket the unix socket to serve CRI on
/// @param root what must survive a reboot: images, records of sandboxes and containers
/// @param state what must not: namespaces, pipes, bundles; a folder on tmpfs such as `/run/kemudi`
/// @param low what starts containers
/// @param hidden folders that containers of the host image must not see, such as the data folder
///   with the cluster's keys
public record RuntimeServerConfig(
    Path socket,
    Path root,
    Path state,
    PodNetworkConfig network,
    LowLevelRuntime low,
    List<Path> hidden) {

  /// The program below us.
  public enum LowLevelRuntime {
    /// crun, else runc, else util-linux: the first one that is installed.
    AUTO,
    CRUN,
    RUNC,
    /// `unshare`, `nsenter`, `setpriv` and `chroot`: no seccomp, and a root user inside keeps
    /// CAP_SYS_CHROOT, CAP_SETUID and CAP_SETGID, which starting it takes.
    UTIL_LINUX
  }

  public RuntimeServerConfig {
    hidden = List.copyOf(hidden);
    // struct sockaddr_un has room for 107 characters and a zero.
    if (socket.toString().length() > 107) {
      throw new IllegalArgumentException(
          "socket path " + socket + " is longer than 107 characters");
    }
  }
}
