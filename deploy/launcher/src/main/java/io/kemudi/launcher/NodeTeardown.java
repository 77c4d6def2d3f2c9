package io.kemudi.launcher;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.embedded.PodNetworkConfig;
import io.kemudi.nodeagent.embedded.RuntimeServer;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig;
import io.kemudi.nodeagent.embedded.RuntimeServerConfig.LowLevelRuntime;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.PodEnding;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.volume.KernelMounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what a cluster runs beside its server: agents of further nodes, pods, runtimes of ours, and
/// what pods hang on. All of it may have been killed before. A runtime that is not ours keeps
/// running and loses our pods only.
final class NodeTeardown {
  private static final Logger log = LoggerFactory.getLogger(NodeTeardown.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private final DataDirectory directory;
  private final ClusterNames names;
  private final Duration limit;
  private final Consumer<String> say;
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();

  /// @param limit how long all containers together may take to end by themselves
  /// @param say takes lines for the user
  NodeTeardown(DataDirectory directory, Duration limit, Consumer<String> say) {
    this.directory = directory;
    this.names = ClusterNames.of(directory);
    this.limit = limit;
    this.say = say;
  }

  /// Gives a sentence on each thing that could not be ended. Idempotent: may be tried again.
  List<String> stop(List<NodeEntry> nodes) {
    // First all agents: one that lives would start its pods again.
    for (NodeEntry node : nodes) {
      if (node.agent() != null) {
        ChildProcess.end(node.agent(), PATIENCE);
      }
    }
    try (var progress = new EndingProgress(say);
        ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var ending = new PodEnding(limit, progress);
      for (int i = 0; i < nodes.size(); i++) {
        NodeEntry node = nodes.get(i);
        String bridge = names.bridge(i);
        tasks.execute(() -> stop(node, bridge, ending));
      }
    }
    if (nodes.stream().anyMatch(n -> !n.socket().isEmpty())) {
      removeServices();
    }
    // What all nodes shared; it stays where something in it could not be removed.
    try {
      Files.deleteIfExists(directory.runtimeStates());
    } catch (IOException e) {
      problems.add(directory.runtimeStates() + " was not removed: " + Main.describe(e));
    }
    problems.forEach(problem -> log.warn("{}", problem));
    return List.copyOf(problems);
  }

  private void removeServices() {
    try {
      Proxies.remove(names);
    } catch (IOException e) {
      problems.add("the rules of Services were not removed: " + Main.describe(e));
    }
  }

  private void stop(NodeEntry node, String bridge, PodEnding ending) {
    try {
      if (node.runtime() != null) {
        // Its pods outlive it, and are ended here whether it was alive or not.
        ChildProcess.end(node.runtime(), PATIENCE);
        removeEmbedded(node, bridge, ending);
      } else if (!node.socket().isEmpty() && Files.exists(Path.of(node.socket()))) {
        removePods(node, ending);
      }
      // Volumes in memory and parts of volumes.
      new KernelMounts().unmountBelow(directory.node(node.name()));
      Path memory = AgentConfigs.memoryDirectory(directory.node(node.name()));
      if (Files.exists(memory)) {
        new KernelMounts().unmountBelow(memory);
        FileTree.remove(memory);
      }
    } catch (IOException | RuntimeException e) {
      problems.add(
          "the pods of node " + node.name() + " were not all removed: " + Main.describe(e));
    }
  }

  private void removeEmbedded(NodeEntry node, String bridge, PodEnding ending) throws IOException {
    var network = new PodNetworkConfig(bridge, "", List.of(), 1500, Optional.empty());
    var config =
        new RuntimeServerConfig(
            Path.of(node.socket()),
            directory.runtimeRoot(node.name()),
            directory.runtimeState(node.name()),
            network,
            LowLevelRuntime.AUTO,
            List.of());
    new RuntimeServer(config, InstantSource.system()).removePods(ending);
  }

  private void removePods(NodeEntry node, PodEnding ending) {
    try (CriRuntime runtime = new CriRuntime("unix://" + node.socket());
        ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      ending.end(running(runtime, node.name()));
      PodCgroups groups = PodCgroups.at(CGROUPS, runtime.usesSystemdCgroups());
      for (PodSandbox sandbox : runtime.listPodSandbox(Labels.ofNode(node.name()))) {
        tasks.execute(() -> remove(runtime, sandbox, groups));
      }
    }
  }

  private static List<PodEnding.Running> running(CriRuntime runtime, String node) {
    return runtime.listContainers(Labels.ofNode(node)).stream()
        .filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING)
        .sorted(Comparator.comparingLong(Container::getCreatedAt))
        .map(c ->
            new PodEnding.Running(
                c.getPodSandboxId(),
                c.getId(),
                c.getAnnotationsMap(),
                grace -> runtime.stopContainer(c.getId(), grace)))
        .toList();
  }

  private void remove(CriRuntime runtime, PodSandbox sandbox, PodCgroups groups) {
    try {
      runtime.stopPodSandbox(sandbox.getId());
      runtime.removePodSandbox(sandbox.getId());
      String uid = sandbox.getLabelsOrDefault(Labels.POD_UID, "");
      if (!uid.isEmpty()) {
        groups.remove(uid);
      }
    } catch (RuntimeFailure e) {
      problems.add("pod sandbox " + sandbox.getId() + " was not removed: " + e.getMessage());
    }
  }
}
