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

  /// A file that only the root of version 2 has.
  private static final String V2_MARK = "cgroup.controllers";

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

  /// Makes the pod's group and sets what its containers may take together. Idempotent. Where
  /// systemd keeps the groups this is left to the containers' own limits.
  public void apply(String uid, PodLimits limits) throws IOException {
    if (!enabled || systemd) {
      return;
    }
    if (Files.exists(root.resolve(V2_MARK))) {
      applyV2(root, Path.of("kubepods", "pod" + uid), limits);
    } else {
      applyV1(Path.of("kubepods", "pod" + uid), limits);
    }
  }

  private void applyV1(Path group, PodLimits limits) throws IOException {
    Path cpu = root.resolve("cpu");
    if (Files.isDirectory(cpu)) {
      Path dir = Files.createDirectories(cpu.resolve(group));
      write(dir, "cpu.shares", Long.toString(limits.cpuShares()));
      write(dir, "cpu.cfs_period_us", Long.toString(CgroupNumbers.PERIOD_US));
      long quota = limits.cpuQuotaUs();
      write(dir, "cpu.cfs_quota_us", Long.toString(quota == 0 ? -1 : quota));
    }
    Path memory = root.resolve("memory");
    if (Files.isDirectory(memory)) {
      Path dir = Files.createDirectories(memory.resolve(group));
      long bytes = limits.memoryBytes();
      write(dir, "memory.limit_in_bytes", Long.toString(bytes == 0 ? -1 : bytes));
    }
  }

  private static void applyV2(Path root, Path group, PodLimits limits) throws IOException {
    Path dir = root;
    for (Path step : group) {
      // A controller reaches a group only if the one above hands it on. One that is missing shows
      // when its limit is written.
      for (String controller : List.of("cpu", "memory", "pids", "cpuset")) {
        try {
          write(dir, "cgroup.subtree_control", "+" + controller);
        } catch (IOException e) {
          log.debug("no controller {} below {}", controller, dir, e);
        }
      }
      dir = dir.resolve(step);
      Files.createDirectories(dir);
    }
    write(dir, "cpu.weight", Long.toString(CgroupNumbers.cpuWeight(limits.cpuShares())));
    String quota = limits.cpuQuotaUs() == 0 ? "max" : Long.toString(limits.cpuQuotaUs());
    write(dir, "cpu.max", quota + " " + CgroupNumbers.PERIOD_US);
    write(dir, "memory.max", limits.memoryBytes() == 0 ? "max" : "" + limits.memoryBytes());
  }

  private static void write(Path group, String file, String value) throws IOException {
    try {
      Files.writeString(group.resolve(file), value);
    } catch (IOException e) {
      throw new IOException(
          "cannot write \"" + value + "\" to " + group.resolve(file) + ": " + e.getMessage(), e);
    }
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
    if (Files.exists(root.resolve(V2_MARK))) {
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
