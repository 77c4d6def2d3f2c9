package io.kemudi.nodeagent.volume;

import java.nio.file.Path;

/// Where a pod's files are on the node, as upstream lays them out:
/// `pods/UID/volumes/kubernetes.io~configmap/NAME`, `pods/UID/containers/NAME/...`.
///
/// @param data the agent's own directory; only root reaches into it
/// @param memory a directory on a memory file system for what must not reach a disk (secrets,
///   tokens) or is asked to be in memory; may be the same as `data` where there is none
public record VolumeDirectories(Path data, Path memory) {
  public Path pods() {
    return data.resolve("pods");
  }

  public Path pod(String uid) {
    return pods().resolve(uid);
  }

  public Path memoryPods() {
    return memory.resolve("pods");
  }

  public Path memoryPod(String uid) {
    return memoryPods().resolve(uid);
  }

  Path volume(String uid, String plugin, String name) {
    return pod(uid).resolve("volumes").resolve("kubernetes.io~" + plugin).resolve(name);
  }

  Path memoryVolume(String uid, String plugin, String name) {
    return memoryPod(uid).resolve("volumes").resolve("kubernetes.io~" + plugin).resolve(name);
  }

  public Path container(String uid, String container) {
    return pod(uid).resolve("containers").resolve(container);
  }
}
