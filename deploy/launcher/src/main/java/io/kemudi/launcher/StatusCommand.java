package io.kemudi.launcher;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.launcher.ClusterFile.NodeEntry;
import io.kemudi.launcher.ClusterFile.ProcessId;
import io.kemudi.launcher.pki.ClusterCertificates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi status`.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows the cluster of this machine on one screen.",
    footer = {
      "",
      "Exit code 0 when it runs, 1 when it does not.",
      "",
      "Examples:",
      "  kemudi status",
      "  kemudi status --json | jq .apiUrl",
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin private DataDirOption dataDir = new DataDirOption();

  @Option(names = "--json", description = "for scripts")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    DataDirectory directory = dataDir.directory();
    Optional<ClusterFile> file = ClusterFile.read(directory.clusterFile());
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    boolean running = file.isPresent() && file.get().server().alive().isPresent();
    Map<String, Long> days = ClusterCertificates.daysLeft(directory.pki(), Instant.now());
    if (json) {
      out.println(
          new String(Json.write(tree(directory, file, running, days)), StandardCharsets.UTF_8));
    } else {
      print(out, directory, file, running, days);
    }
    return running ? 0 : Main.FAILED;
  }

  private static void print(
      PrintStream out,
      DataDirectory directory,
      Optional<ClusterFile> file,
      boolean running,
      Map<String, Long> days)
      throws IOException {
    if (file.isEmpty()) {
      out.println("no cluster runs from " + directory.root());
      return;
    }
    ClusterFile cluster = file.get();
    row(out, "cluster", running ? cluster.ready() ? "running" : "starting" : "not running");
    row(out, "version", cluster.version());
    row(out, "API", cluster.apiUrl());
    row(out, "gRPC port", Integer.toString(cluster.grpcPort()));
    row(out, "store", cluster.store());
    row(out, "runtime", cluster.runtime());
    row(out, "data", directory.root().toString());
    row(out, "kubeconfig", directory.kubeconfig().toString());
    out.println();
    out.printf("%-28s %-10s %8s %8s%n", "PROCESS", "STATE", "PID", "MB");
    process(out, "server", cluster.server());
    for (NodeEntry node : cluster.nodes()) {
      if (node.agent() != null) {
        process(out, "agent " + node.name(), node.agent());
      }
      if (node.runtime() != null) {
        process(out, "runtime " + node.name(), node.runtime());
      }
    }
    out.println();
    days.entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .ifPresent(first ->
            row(
                out,
                "certificates",
                "%d, the first (%s) ends in %d days; renewed on start"
                    .formatted(days.size(), first.getKey(), first.getValue())));
  }

  private static void row(PrintStream out, String name, String value) {
    out.printf("%-14s %s%n", name, value);
  }

  private static void process(PrintStream out, String name, ProcessId id) throws IOException {
    boolean alive = id.alive().isPresent();
    out.printf(
        "%-28s %-10s %8d %8s%n",
        name, alive ? "running" : "gone", id.pid(), alive ? residentMb(id.pid()) : "-");
  }

  private static String residentMb(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.toString(Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024);
      }
    }
    return "-";
  }

  private static Map<String, @Nullable Object> tree(
      DataDirectory directory,
      Optional<ClusterFile> file,
      boolean running,
      Map<String, Long> days) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("running", running);
    tree.put("dataDir", directory.root().toString());
    tree.put("kubeconfig", directory.kubeconfig().toString());
    file.ifPresent(cluster -> {
      tree.put("ready", running && cluster.ready());
      tree.put("version", cluster.version());
      tree.put("apiUrl", cluster.apiUrl());
      tree.put("grpcPort", (long) cluster.grpcPort());
      tree.put("store", cluster.store());
      tree.put("runtime", cluster.runtime());
      tree.put("processes", processes(cluster));
    });
    tree.put("certificateDaysLeft", new LinkedHashMap<String, Object>(days));
    return tree;
  }

  private static List<Object> processes(ClusterFile cluster) {
    var list = new ArrayList<Object>();
    list.add(process("server", "", cluster.server()));
    for (NodeEntry node : cluster.nodes()) {
      if (node.agent() != null) {
        list.add(process("node-agent", node.name(), node.agent()));
      }
      if (node.runtime() != null) {
        list.add(process("runtime", node.name(), node.runtime()));
      }
    }
    return list;
  }

  private static Map<String, Object> process(String role, String node, ProcessId id) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("role", role);
    tree.put("node", node);
    tree.put("pid", id.pid());
    tree.put("running", id.alive().isPresent());
    return tree;
  }
}
