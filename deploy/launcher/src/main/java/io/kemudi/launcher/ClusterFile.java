package io.kemudi.launcher;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.launcher.pki.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What runs from a data directory, as the running cluster wrote it: enough for `status` to show it
/// and for `down` to end it, also when parts of it were killed.
record ClusterFile(
    ProcessId server,
    String version,
    String apiUrl,
    int grpcPort,
    String store,
    String runtime,
    boolean ready,
    List<NodeEntry> nodes) {

  /// A process that is told from a later one with the same number by when it started.
  record ProcessId(long pid, long startMs) {
    static ProcessId current() {
      return of(ProcessHandle.current());
    }

    static ProcessId of(ProcessHandle process) {
      long start = process.info().startInstant().map(i -> i.toEpochMilli()).orElse(0L);
      return new ProcessId(process.pid(), start);
    }

    /// The process, if it still runs. A zombie does not.
    Optional<ProcessHandle> alive() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(p -> of(p).startMs() == startMs)
          .filter(p -> !isZombie(pid));
    }

    private static boolean isZombie(long pid) {
      try {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .anyMatch(l -> l.startsWith("State:") && l.contains("Z"));
      } catch (IOException e) {
        return true; // it went away while we looked
      }
    }
  }

  /// A node of this machine. `agent` is null when the agent is part of the server's process, and
  /// `runtime` when it is not ours.
  record NodeEntry(
      String name, String socket, @Nullable ProcessId agent, @Nullable ProcessId runtime) {}

  void write(Path file) throws IOException {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("server", tree(server));
    tree.put("version", version);
    tree.put("apiUrl", apiUrl);
    tree.put("grpcPort", (long) grpcPort);
    tree.put("store", store);
    tree.put("runtime", runtime);
    tree.put("ready", ready);
    var list = new ArrayList<Object>();
    for (NodeEntry node : nodes) {
      var entry = new LinkedHashMap<String, Object>();
      entry.put("name", node.name());
      entry.put("socket", node.socket());
      entry.put("agent", node.agent() == null ? null : tree(node.agent()));
      entry.put("runtime", node.runtime() == null ? null : tree(node.runtime()));
      list.add(entry);
    }
    tree.put("nodes", list);
    PrivateFile.write(file, new String(Json.write(tree), StandardCharsets.UTF_8) + "\n");
  }

  private static Map<String, Object> tree(ProcessId process) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("pid", process.pid());
    tree.put("startMs", process.startMs());
    return tree;
  }

  /// Empty when no cluster was started from here, or it was stopped in good order.
  static Optional<ClusterFile> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(map(Json.parse(Files.readAllBytes(file)))));
    } catch (RuntimeException e) {
      throw new UserError(
          file + " cannot be read (" + Main.describe(e) + "): remove it if no cluster runs here");
    }
  }

  private static ClusterFile parse(Map<String, Object> tree) {
    var nodes = new ArrayList<NodeEntry>();
    for (Object item : (List<?>) tree.getOrDefault("nodes", List.of())) {
      Map<String, Object> entry = map(item);
      nodes.add(
          new NodeEntry(
              text(entry, "name"),
              text(entry, "socket"),
              process(entry.get("agent")),
              process(entry.get("runtime"))));
    }
    ProcessId server = process(tree.get("server"));
    if (server == null) {
      throw new IllegalArgumentException("no server");
    }
    return new ClusterFile(
        server,
        text(tree, "version"),
        text(tree, "apiUrl"),
        tree.get("grpcPort") instanceof Long port ? port.intValue() : 0,
        text(tree, "store"),
        text(tree, "runtime"),
        Boolean.TRUE.equals(tree.get("ready")),
        nodes);
  }

  private static String text(Map<String, Object> tree, String name) {
    return tree.get(name) instanceof String text ? text : "";
  }

  private static @Nullable ProcessId process(@Nullable Object tree) {
    if (!(tree instanceof Map<?, ?>)) {
      return null;
    }
    Map<String, Object> fields = map(tree);
    return fields.get("pid") instanceof Long pid && fields.get("startMs") instanceof Long start
        ? new ProcessId(pid, start)
        : null;
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  private static Map<String, Object> map(@Nullable Object tree) {
    if (tree instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException("not an object");
  }
}
