package io.kemudi.nodeagent.runtime;

import io.kemudi.cri.v1.AttachRequest;
import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerStats;
import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.cri.v1.ExecRequest;
import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.cri.v1.FilesystemUsage;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.LinuxContainerResources;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxStatus;
import io.kemudi.cri.v1.PortForwardRequest;
import io.kemudi.cri.v1.StatusResponse;
import io.kemudi.cri.v1.VersionResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pods as sandboxes with containers in them: the Container Runtime Interface as blocking calls.
///
/// Every call has a time limit and may be repeated: stopping what is stopped and removing what is
/// gone succeed. `list` is the truth; what it does not show does not exist. Refusals are
/// [RuntimeFailure]s. Thread-safe.
public interface Runtime extends AutoCloseable {
  VersionResponse version();

  /// The runtime's own conditions, `RuntimeReady` and `NetworkReady`.
  StatusResponse status();

  /// Whether control groups are named systemd's way (`kubepods-podUID.slice`) rather than as paths.
  boolean usesSystemdCgroups();

  /// Tells the range of pod addresses of this node.
  void updatePodCidr(String podCidr);

  // Sandboxes

  /// Makes and starts a sandbox with its network; `handler` "" is the default one.
  String runPodSandbox(PodSandboxConfig config, String handler);

  /// Stops every process in the sandbox and gives its addresses back.
  void stopPodSandbox(String id);

  /// Removes a sandbox and its containers, stopping them by force where they run.
  void removePodSandbox(String id);

  PodSandboxStatus podSandboxStatus(String id);

  /// The sandboxes that carry all of `labels`.
  List<PodSandbox> listPodSandbox(Map<String, String> labels);

  // Containers

  String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandbox);

  void startContainer(String id);

  /// Asks the container to end, and ends it by force after `grace`. Returns when it has ended.
  void stopContainer(String id, Duration grace);

  void removeContainer(String id);

  List<Container> listContainers(Map<String, String> labels);

  ContainerStatus containerStatus(String id);

  void updateContainerResources(String id, LinuxContainerResources resources);

  /// Makes the runtime write to a new file at the container's log path.
  void reopenContainerLog(String id);

  List<ContainerStats> listContainerStats(Map<String, String> labels);

  // Commands and streams

  /// Runs `command` to its end; `TIMED_OUT` when that takes longer than `limit`.
  ExecSyncResponse execSync(String id, List<String> command, Duration limit);

  /// The address at which the runtime's streaming server takes the exec session.
  String exec(ExecRequest request);

  String attach(AttachRequest request);

  String portForward(PortForwardRequest request);

  // Images

  List<Image> listImages();

  /// The image that `reference` names, or null when it is not here.
  @Nullable Image imageStatus(String reference);

  /// Fetches an image and returns the reference to start containers by.
  String pullImage(String reference, @Nullable AuthConfig auth, PodSandboxConfig sandbox);

  void removeImage(String reference);

  List<FilesystemUsage> imageFilesystems();

  @Override
  void close();
}
