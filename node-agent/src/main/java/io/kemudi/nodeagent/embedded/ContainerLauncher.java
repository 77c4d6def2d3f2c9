package io.kemudi.nodeagent.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A way to start a process in new or existing namespaces: [OciLauncher] (crun, runc) or
/// [UtilLinuxLauncher]. Stateless: everything it must remember lies in the bundle.
interface ContainerLauncher {
  /// For logs and the runtime's version string.
  String name();

  /// Writes what the container's start needs into its bundle.
  void prepare(ContainerSpec spec) throws IOException;

  /// The shell command that runs a prepared container in the foreground, ends with its exit code,
  /// and writes the pid of its first process to the file `pid` in the bundle. Run with the bundle
  /// as working folder.
  String runCommand(ContainerSpec spec);

  /// Whether the first process is the container's own by now, not the launcher's any more.
  boolean hasStarted(Path bundle, long pid) throws IOException;

  /// The command that runs `process` inside the running container and ends with its exit code.
  ///
  /// @param pidFile where the launcher notes the new process, if it makes a terminal of its own
  List<String> execCommand(Container container, ContainerProcess process, Path pidFile)
      throws IOException;

  /// Removes what the launcher itself keeps of a container that has ended. Idempotent.
  void forget(String id) throws IOException;
}
