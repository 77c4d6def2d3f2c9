package io.kemudi.nodeagent.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control group that a pod's containers live under. Runtimes make it in every hierarchy when
/// they start the first container and leave it behind; the agent takes it away.
public final class PodCgroups {
  private static final Logger log = LoggerFactory.getLogger(PodCgroups.class);

  private final Path root;
  private final boolean enabled;
  private final boolean systemd;

  private PodCgroups(Path root, boolean enabled, boolean systemd) {
    this.root = root;
    this.enabled = enabled;
    this.systemd = systemd;
  }

  public static PodCgroups at(Path root, boolean systemd) {
    return new PodCgroups(root, Files.isDirectory(root), systemd);
  }

  /// For runtimes without control groups: no parent, nothing to remove.
  public static PodCgroups none() {
    return new PodCgroups(Path.of("/nonexistent"), false, false);
  }

  /// CRI's `cgroup_parent` for the pod.
  public String parent(String uid) {
    if (!enabled) {
      return "";
    }
    return systemd ? "kubepods-pod" + uid.replace('-', '_') + ".slice" : "/kubepods/pod" + uid;
  }

  /// Removes what is left of the pod's group. A group with processes in it is refused by the
  /// kernel, so nothing that runs can be lost; it is tried again at the next clean-up.
  public void remove(String uid) {
    if (!enabled || systemd) {
      return; // systemd removes empty slices itself
    }
    for (Path hierarchy : hierarchies()) {
      Path group = hierarchy.resolve("kubepods").resolve("pod" + uid);
      if (Files.isDirectory(group)) {
        removeTree(group);
      }
    }
  }

  /// The uids of pods that have a group here.
  public List<String> pods() {
    var uids = new ArrayList<String>();
    if (!enabled || systemd) {
      return uids;
    }
    for (Path hierarchy : hierarchies()) {
      try (DirectoryStream<Path> groups =
          Files.newDirectoryStream(hierarchy.resolve("kubepods"), "pod*")) {
        groups.forEach(g -> uids.add(g.getFileName().toString().substring(3)));
      } catch (IOException e) {
        // No pods in this hierarchy.
      }
    }
    return uids.stream().distinct().toList();
  }

  /// Version 2 is one hierarchy, version 1 one per controller below the root.
  private List<Path> hierarchies() {
    if (Files.exists(root.resolve("cgroup.controllers"))) {
      return List.of(root);
    }
    var found = new ArrayList<Path>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, Files::isDirectory)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      log.warn("cannot read the control groups at {}", root, e);
    }
    return found;
  }

  private static void removeTree(Path group) {
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(group)) {
      deepestFirst = walk.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      return;
    }
    for (Path dir : deepestFirst) {
      try {
        Files.deleteIfExists(dir);
      } catch (IOException e) {
        log.debug("control group {} is still in use", dir, e);
      }
    }
  }
}
