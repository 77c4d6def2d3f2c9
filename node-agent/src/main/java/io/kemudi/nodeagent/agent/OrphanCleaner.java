package io.kemudi.nodeagent.agent;

import io.kemudi.cri.v1.Container;
import io.kemudi.cri.v1.ContainerState;
import io.kemudi.cri.v1.PodSandbox;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.podworker.NodeFacts;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.nodeagent.volume.AtomicDirectory;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.VolumeDirectories;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what is left of pods that the API no longer knows: they were deleted while no agent was
/// running. Touches only what carries this node's label or lies in its own directories.
final class OrphanCleaner {
  private static final Logger log = LoggerFactory.getLogger(OrphanCleaner.class);
  private static final Duration GRACE = Duration.ofSeconds(10); // semi-arbitrary: nobody waits

  private final NodeFacts node;
  private final Runtime runtime;
  private final VolumeDirectories directories;
  private final PodVolumes volumes;
  private final PodCgroups cgroups;

  OrphanCleaner(
      NodeFacts node,
      Runtime runtime,
      VolumeDirectories directories,
      PodVolumes volumes,
      PodCgroups cgroups) {
    this.node = node;
    this.runtime = runtime;
    this.directories = directories;
    this.volumes = volumes;
    this.cgroups = cgroups;
  }

  /// @param known the pods that have a worker; called only when all that the API has are among them
  void clean(Set<String> known) {
    var inRuntime = new HashSet<String>();
    for (PodSandbox sandbox : runtime.listPodSandbox(Labels.ofNode(node.name()))) {
      String uid = sandbox.getLabelsOrDefault(Labels.POD_UID, "");
      inRuntime.add(uid);
      if (!known.contains(uid)) {
        removeSandbox(sandbox, uid);
      }
    }
    removeFiles(directories.pods(), known, inRuntime);
    removeFiles(directories.memoryPods(), known, inRuntime);
    removeLogs(known, inRuntime);
  }

  private void removeSandbox(PodSandbox sandbox, String uid) {
    log.info(
        "removing pod {}/{}, which was deleted while no agent was here",
        sandbox.getMetadata().getNamespace(),
        sandbox.getMetadata().getName());
    try {
      for (Container container : runtime.listContainers(Labels.ofPod(node.name(), uid))) {
        if (container.getState() == ContainerState.CONTAINER_RUNNING) {
          runtime.stopContainer(container.getId(), GRACE);
        }
      }
      runtime.stopPodSandbox(sandbox.getId());
      runtime.removePodSandbox(sandbox.getId());
    } catch (RuntimeFailure e) {
      log.warn("cannot remove sandbox {}: {}", sandbox.getId(), e.getMessage());
    }
  }

  private void removeFiles(Path pods, Set<String> known, Set<String> inRuntime) {
    for (Path dir : children(pods)) {
      String uid = dir.getFileName().toString();
      if (!known.contains(uid) && !inRuntime.contains(uid)) {
        try {
          volumes.remove(uid);
          cgroups.remove(uid);
        } catch (IOException e) {
          log.warn("cannot remove the files of pod {}: {}", uid, e.toString());
        }
      }
    }
  }

  private void removeLogs(Set<String> known, Set<String> inRuntime) {
    for (Path dir : children(node.logs())) {
      String name = dir.getFileName().toString();
      String uid = name.substring(name.lastIndexOf('_') + 1);
      if (!known.contains(uid) && !inRuntime.contains(uid)) {
        try {
          AtomicDirectory.deleteTree(dir);
        } catch (IOException e) {
          log.warn("cannot remove the logs of pod {}: {}", uid, e.toString());
        }
      }
    }
  }

  private static Set<Path> children(Path dir) {
    var found = new HashSet<Path>();
    if (Files.isDirectory(dir)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
        entries.forEach(found::add);
      } catch (IOException e) {
        log.warn("cannot list {}: {}", dir, e.toString());
      }
    }
    return found;
  }
}
