package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.LinuxPodSandboxConfig;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxState;
import io.kemudi.cri.v1.PodSandboxStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A pod's shell: the namespaces its containers share, and its record on disk. The namespaces are
/// held by mounts, not by a process.
final class Sandbox {
  private final PodSandboxConfig config;
  private final Path folder;
  private final Path namespaces;
  private volatile PodSandboxStatus status;

  /// @param folder its record, kept over reboots
  /// @param namespaces its namespaces, gone after a reboot
  Sandbox(PodSandboxConfig config, Path folder, Path namespaces, PodSandboxStatus status) {
    this.config = config;
    this.folder = folder;
    this.namespaces = namespaces;
    this.status = status;
  }

  static Sandbox read(Path folder, Path namespaces) throws IOException {
    return new Sandbox(
        PodSandboxConfig.parseFrom(Files.readAllBytes(folder.resolve("config.pb"))),
        folder,
        namespaces,
        PodSandboxStatus.parseFrom(Files.readAllBytes(folder.resolve("status.pb"))));
  }

  void save() throws IOException {
    Files.createDirectories(folder);
    Records.write(folder.resolve("config.pb"), config);
    Records.write(folder.resolve("status.pb"), status);
  }

  void update(PodSandboxStatus next) throws IOException {
    Records.write(folder.resolve("status.pb"), next);
    status = next;
  }

  String id() {
    return status.getId();
  }

  PodSandboxConfig config() {
    return config;
  }

  PodSandboxStatus status() {
    return status;
  }

  boolean isReady() {
    return status.getState() == PodSandboxState.SANDBOX_READY;
  }

  Path folder() {
    return folder;
  }

  Path namespaceFolder() {
    return namespaces;
  }

  NamespaceOption namespaceOptions() {
    return config.getLinux().getSecurityContext().getNamespaceOptions();
  }

  boolean isHostNetwork() {
    return namespaceOptions().getNetwork() == NamespaceMode.NODE;
  }

  boolean isHostIpc() {
    return namespaceOptions().getIpc() == NamespaceMode.NODE;
  }

  /// Where the pod's network is; empty for the node's own.
  Optional<Path> networkNamespace() {
    return isHostNetwork() ? Optional.empty() : Optional.of(namespaces.resolve("net"));
  }

  Optional<Path> ipcNamespace() {
    return isHostIpc() ? Optional.empty() : Optional.of(namespaces.resolve("ipc"));
  }

  /// A pod on the node's network has the node's name.
  Optional<Path> utsNamespace() {
    return isHostNetwork() ? Optional.empty() : Optional.of(namespaces.resolve("uts"));
  }

  Path sharedMemory() {
    return isHostIpc() ? Path.of("/dev/shm") : namespaces.resolve("shm");
  }

  String cgroupParent() {
    LinuxPodSandboxConfig linux = config.getLinux();
    return linux.getCgroupParent().isEmpty() ? "/kemudi/" + id() : linux.getCgroupParent();
  }

  /// The node's end of the pod's cable. The kernel allows 15 characters.
  String interfaceName() {
    return "veth" + id().substring(0, 11);
  }
}
