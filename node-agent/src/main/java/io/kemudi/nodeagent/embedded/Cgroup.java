package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.LinuxContainerResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One container's control group: its limits and what it has used, on cgroup v2 and on v1 (also in
/// the hybrid set-up, where v2 is mounted beside v1 without controllers).
///
/// The limits sit on a group of our own; crun and runc make theirs below it. So limits and counts
/// are ours whatever started the container, and outlive what is below.
final class Cgroup {
  private static final Path FS = Path.of("/sys/fs/cgroup");
  private static final List<String> V1_CONTROLLERS =
      List.of("memory", "cpu", "cpuacct", "pids", "cpuset", "devices", "freezer");

  /// What a container has used. `workingSetBytes` is memory that cannot be taken back easily.
  record Usage(
      long cpuNanos, long memoryBytes, long workingSetBytes, long rssBytes, long processes) {}

  /// Controller -> root of its hierarchy; on v2 there is one, under "".
  private static final Map<String, Path> HIERARCHIES = hierarchies();

  private final String path;

  /// @param path below the root of every hierarchy, such as `/kubepods/pod1/abc`
  Cgroup(String path) {
    if (path.contains("..") || !path.startsWith("/")) {
      throw new IllegalArgumentException("cgroup path \"" + path + "\": want an absolute one");
    }
    this.path = path;
  }

  static boolean isV2() {
    return HIERARCHIES.containsKey("");
  }

  private static Map<String, Path> hierarchies() {
    if (Files.exists(FS.resolve("cgroup.controllers"))) {
      return Map.of("", FS);
    }
    Map<String, Path> found = new TreeMap<>();
    for (String controller : V1_CONTROLLERS) {
      if (Files.isDirectory(FS.resolve(controller))) {
        found.put(controller, FS.resolve(controller));
      }
    }
    return found;
  }

  String path() {
    return path;
  }

  /// Makes the group in every hierarchy. Idempotent.
  void create() throws IOException {
    for (Map.Entry<String, Path> hierarchy : HIERARCHIES.entrySet()) {
      Path group = hierarchy.getValue();
      for (Path step : Path.of(path.substring(1))) {
        if (isV2()) {
          delegate(group);
        }
        Path below = group.resolve(step);
        Files.createDirectories(below);
        if (hierarchy.getKey().equals("cpuset")) {
          inheritCpuset(group, below);
        }
        group = below;
      }
    }
  }

  /// v2: a controller reaches a group only if its parent hands it on.
  private static void delegate(Path parent) {
    for (String controller : List.of("cpu", "memory", "pids", "cpuset")) {
      try {
        Files.writeString(parent.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (IOException e) {
        // Not enabled above us: the limit of that kind then fails by name in apply().
      }
    }
  }

  /// v1: a new cpuset group is empty, and nothing can run in it until it is told where.
  private static void inheritCpuset(Path parent, Path group) throws IOException {
    for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
      if (Files.readString(group.resolve(file)).isBlank()) {
        Files.writeString(group.resolve(file), Files.readString(parent.resolve(file)));
      }
    }
  }

  /// Sets every limit that `limits` names; 0 and "" mean "as it is".
  void apply(LinuxContainerResources limits) throws IOException {
    if (isV2()) {
      applyV2(limits);
    } else {
      applyV1(limits);
    }
  }

  private void applyV2(LinuxContainerResources limits) throws IOException {
    if (limits.getMemoryLimitInBytes() > 0) {
      write("", "memory.max", String.valueOf(limits.getMemoryLimitInBytes()));
    }
    if (limits.getCpuQuota() != 0 || limits.getCpuPeriod() != 0) {
      String quota = limits.getCpuQuota() > 0 ? String.valueOf(limits.getCpuQuota()) : "max";
      write("", "cpu.max", quota + " " + period(limits));
    }
    if (limits.getCpuShares() > 0) {
      // The usual map of [2, 262144] onto [1, 10000].
      long weight = 1 + (Math.min(limits.getCpuShares(), 262144) - 2) * 9999 / 262142;
      write("", "cpu.weight", String.valueOf(Math.max(1, weight)));
    }
    if (!limits.getCpusetCpus().isEmpty()) {
      write("", "cpuset.cpus", limits.getCpusetCpus());
    }
    if (!limits.getCpusetMems().isEmpty()) {
      write("", "cpuset.mems", limits.getCpusetMems());
    }
    for (Map.Entry<String, String> unified : limits.getUnifiedMap().entrySet()) {
      if (!unified.getKey().matches("[a-z0-9_.]+")) {
        throw new IOException("cgroup file \"" + unified.getKey() + "\" is refused");
      }
      write("", unified.getKey(), unified.getValue());
    }
  }

  private void applyV1(LinuxContainerResources limits) throws IOException {
    if (limits.getMemoryLimitInBytes() > 0) {
      write("memory", "memory.limit_in_bytes", String.valueOf(limits.getMemoryLimitInBytes()));
    }
    if (limits.getCpuQuota() != 0 || limits.getCpuPeriod() != 0) {
      write("cpu", "cpu.cfs_period_us", String.valueOf(period(limits)));
      long quota = limits.getCpuQuota() > 0 ? limits.getCpuQuota() : -1;
      write("cpu", "cpu.cfs_quota_us", String.valueOf(quota));
    }
    if (limits.getCpuShares() > 0) {
      write("cpu", "cpu.shares", String.valueOf(Math.max(2, limits.getCpuShares())));
    }
    if (!limits.getCpusetCpus().isEmpty()) {
      write("cpuset", "cpuset.cpus", limits.getCpusetCpus());
    }
    if (!limits.getCpusetMems().isEmpty()) {
      write("cpuset", "cpuset.mems", limits.getCpusetMems());
    }
  }

  private static long period(LinuxContainerResources limits) {
    return limits.getCpuPeriod() > 0 ? limits.getCpuPeriod() : 100_000;
  }

  private void write(String controller, String file, String value) throws IOException {
    Path hierarchy = HIERARCHIES.get(controller);
    if (hierarchy == null) {
      throw new IOException("no cgroup controller for " + file + " on this machine");
    }
    Path target = below(hierarchy).resolve(file);
    try {
      Files.writeString(target, value);
    } catch (IOException e) {
      throw new IOException(
          "cannot write \"" + value + "\" to " + target + ": " + e.getMessage(), e);
    }
  }

  /// A shell line that moves the shell itself into this group, in every hierarchy.
  String joinScript() {
    StringBuilder script = new StringBuilder();
    HIERARCHIES
        .values()
        .forEach(h -> script.append("echo 0 > '").append(below(h)).append("/cgroup.procs'\n"));
    return script.toString();
  }

  /// v1: the group file that a container's first process must be written to for its memory to be
  /// counted (and its OOM kills to be seen) here rather than in the group that crun deletes.
  Path memoryProcs() {
    return below(HIERARCHIES.getOrDefault("memory", FS)).resolve("cgroup.procs");
  }

  private Path below(Path hierarchy) {
    return hierarchy.resolve(path.substring(1));
  }

  /// How often the kernel has killed something here for want of memory.
  long oomKills() {
    return isV2()
        ? field(below(FS).resolve("memory.events"), "oom_kill")
        : field(v1("memory").resolve("memory.oom_control"), "oom_kill");
  }

  Usage usage() {
    if (isV2()) {
      Path group = below(FS);
      long memory = number(group.resolve("memory.current"));
      long inactive = field(group.resolve("memory.stat"), "inactive_file");
      long rss = field(group.resolve("memory.stat"), "anon");
      return new Usage(
          1000 * field(group.resolve("cpu.stat"), "usage_usec"),
          memory,
          Math.max(0, memory - inactive),
          rss,
          number(group.resolve("pids.current")));
    }
    long memory = number(v1("memory").resolve("memory.usage_in_bytes"));
    long inactive = field(v1("memory").resolve("memory.stat"), "total_inactive_file");
    return new Usage(
        number(v1("cpuacct").resolve("cpuacct.usage")),
        memory,
        Math.max(0, memory - inactive),
        field(v1("memory").resolve("memory.stat"), "total_rss"),
        number(v1("pids").resolve("pids.current")));
  }

  private Path v1(String controller) {
    return below(HIERARCHIES.getOrDefault(controller, FS.resolve(controller)));
  }

  /// Every process in the group and below it.
  List<Long> processes() {
    Path group = below(isV2() ? FS : HIERARCHIES.getOrDefault("pids", FS));
    List<Long> pids = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(group)) {
      for (Path procs : tree.filter(p -> p.endsWith("cgroup.procs")).toList()) {
        Files.readAllLines(procs).forEach(l -> pids.add(Long.parseLong(l.strip())));
      }
    } catch (IOException | UncheckedIOException e) {
      // It went away while we looked: nothing is in it any more.
    }
    return pids;
  }

  /// Removes the group and those below it. Groups that still hold a process stay.
  void remove() {
    for (Path hierarchy : mounted()) {
      try (Stream<Path> tree = Files.walk(below(hierarchy))) {
        for (Path group : tree.filter(Files::isDirectory).toList().reversed()) {
          Files.deleteIfExists(group);
        }
      } catch (IOException | UncheckedIOException e) {
        // Gone already, or a zombie holds it for a moment; the pod's group takes it along later.
      }
    }
  }

  /// Removes the groups above this one that have nothing in them any more.
  void removeEmptyParents() {
    for (Path hierarchy : mounted()) {
      Path parent = below(hierarchy).getParent();
      try {
        while (parent != null && !parent.equals(hierarchy)) {
          Files.deleteIfExists(parent);
          parent = parent.getParent();
        }
      } catch (IOException e) {
        // Others are in it.
      }
    }
  }

  /// Every hierarchy, also those in which we set nothing: crun and runc make groups in all of them.
  private static List<Path> mounted() {
    if (isV2()) {
      return List.of(FS);
    }
    try (Stream<Path> folders = Files.list(FS)) {
      return folders.filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (IOException e) {
      return List.copyOf(HIERARCHIES.values());
    }
  }

  private static long number(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static long field(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name + " ")) {
          return Long.parseLong(line.substring(name.length() + 1).strip());
        }
      }
      return 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
