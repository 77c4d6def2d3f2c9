package io.kemudi.launcher;

import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what a cluster runs beside its server: agents of further nodes, pods, runtimes of ours. A
/// runtime that is not ours keeps running and loses our pods only.
final class NodeTeardown {
  private static final Logger log = LoggerFactory.getLogger(NodeTeardown.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DataDirectory directory;

  NodeTeardown(DataDirectory directory) {
    this.directory = directory;
  }

  void stop(List<NodeEntry> nodes) {
    for (NodeEntry node : nodes) {
      if (node.agent() != null) {
        ChildProcess.end(node.agent(), PATIENCE);
      }
    }
    for (NodeEntry node : nodes) {
      boolean answers = node.runtime() == null || node.runtime().alive().isPresent();
      if (answers && !node.socket().isEmpty() && Files.exists(Path.of(node.socket()))) {
        removePods(node);
      }
      if (node.runtime() != null) {
        ChildProcess.end(node.runtime(), PATIENCE);
      }
    }
  }

  private void removePods(NodeEntry node) {
    try (CriRuntime runtime = new CriRuntime("unix://" + node.socket());
        ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (PodSandbox sandbox : runtime.listPodSandbox(Labels.ofNode(node.name()))) {
        tasks.submit(() -> remove(runtime, sandbox));
      }
    } catch (RuntimeFailure e) {
      log.warn(
          "{}: pods of {} were not removed: {}", directory.root(), node.name(), e.getMessage());
    }
  }

  private static void remove(CriRuntime runtime, PodSandbox sandbox) {
    try {
      runtime.stopPodSandbox(sandbox.getId());
      runtime.removePodSandbox(sandbox.getId());
    } catch (RuntimeFailure e) {
      log.warn("sandbox {} was not removed: {}", sandbox.getId(), e.getMessage());
    }
  }
}
