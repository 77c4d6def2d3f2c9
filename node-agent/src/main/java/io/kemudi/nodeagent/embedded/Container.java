package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.ContainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// One container: what was asked for, how it is, and what this process holds of it while it runs.
/// Its record is on disk; see [Supervision] for what outlives this process.
final class Container {
  private final Sandbox sandbox;
  private final ContainerConfig config;
  private final Path folder;
  private final Path bundle;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile ContainerStatus status;
  private volatile long pid;
  private volatile @Nullable Supervision supervision;

  /// @param folder its record and what it wrote to its root file system, kept over reboots
  /// @param bundle its pipes and scripts, gone after a reboot
  Container(
      Sandbox sandbox, ContainerConfig config, Path folder, Path bundle, ContainerStatus status) {
    this.sandbox = sandbox;
    this.config = config;
    this.folder = folder;
    this.bundle = bundle;
    this.status = status;
    if (status.getState() == ContainerState.CONTAINER_EXITED) {
      ended.countDown();
    }
  }

  static Container read(Sandbox sandbox, Path folder, Path bundle) throws IOException {
    return new Container(
        sandbox,
        ContainerConfig.parseFrom(Files.readAllBytes(folder.resolve("config.pb"))),
        folder,
        bundle,
        ContainerStatus.parseFrom(Files.readAllBytes(folder.resolve("status.pb"))));
  }

  void save() throws IOException {
    Records.write(folder.resolve("config.pb"), config);
    Records.write(folder.resolve("status.pb"), status);
  }

  /// Changes the status on disk and then for everyone to see.
  void update(ContainerStatus next) throws IOException {
    Records.write(folder.resolve("status.pb"), next);
    status = next;
    if (next.getState() == ContainerState.CONTAINER_EXITED) {
      ended.countDown();
    }
  }

  String id() {
    return status.getId();
  }

  Sandbox sandbox() {
    return sandbox;
  }

  ContainerConfig config() {
    return config;
  }

  ContainerStatus status() {
    return status;
  }

  boolean isRunning() {
    return status.getState() == ContainerState.CONTAINER_RUNNING;
  }

  Path folder() {
    return folder;
  }

  Path bundle() {
    return bundle;
  }

  /// The file `processes` writes: the description of the first process, for later ones.
  Path processFile() {
    return bundle.resolve("process.json");
  }

  Cgroup cgroup() {
    return new Cgroup(sandbox.cgroupParent() + "/" + id());
  }

  /// The first process as the node sees it; 0 while there is none.
  long pid() {
    return pid;
  }

  @Nullable Supervision supervision() {
    return supervision;
  }

  void supervised(Supervision by, long firstPid) {
    supervision = by;
    pid = firstPid;
  }

  CountDownLatch ended() {
    return ended;
  }
}
