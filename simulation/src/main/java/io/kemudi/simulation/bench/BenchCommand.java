package io.kemudi.simulation.bench;

import io.kemudi.client.rest.Kubeconfig;
import io.kemudi.client.rest.RestApiClient;
import io.kemudi.client.rest.RestEndpoint;
import io.kemudi.simulation.replay.ReplayCommand;
import io.kemudi.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kemudi bench NAME`. Progress goes to standard error, results to standard output.
@Command(
    name = "bench",
    description = "Measures what the cluster can do.",
    synopsisSubcommandLabel = "NAME",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.Api.class,
      BenchCommand.Scheduling.class,
      ReplayCommand.class,
      BenchCommand.Jmh.class
    })
public final class BenchCommand {
  /// A store to start a server on, when no kubeconfig says where one is.
  enum StoreKind {
    SQLITE,
    ETCD
  }

  /// What benchmarks of a server have in common.
  static final class Common {
    @Option(
        names = "--kubeconfig",
        paramLabel = "FILE",
        description = "Measure the API server of this file's current context, not one of our own.")
    @Nullable Path kubeconfig;

    @Option(
        names = "--store",
        paramLabel = "sqlite|etcd",
        description = "The store of our own server (default: ${DEFAULT-VALUE}).",
        defaultValue = "sqlite")
    StoreKind store = StoreKind.SQLITE;

    @Option(names = "--json", description = "Results as JSON.")
    boolean json;

    @Option(names = "--quick", description = "A few seconds, to see that it works.")
    boolean quick;

    private final long beganNs = System.nanoTime();

    void progress(String line) {
      System.err.printf(
          java.util.Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - beganNs) / 1e9, line);
    }

    /// @return the exit code
    int report(List<Row> rows, Map<String, Double> facts) {
      if (json) {
        System.out.println(Report.json(rows, facts));
      } else {
        Report.table(System.out, rows);
        facts.forEach(
            (name, value) -> System.out.printf(java.util.Locale.ROOT, "%s: %.2f%n", name, value));
      }
      long failures = rows.stream().mapToLong(Row::failures).sum();
      if (failures > 0) {
        System.err.println("kemudi bench: " + failures + " operations failed");
      }
      return failures == 0 ? 0 : 1;
    }

    /// A server of our own; null when a kubeconfig names one.
    @Nullable BenchSession session() throws IOException, InterruptedException {
      if (kubeconfig != null) {
        return null;
      }
      progress("starting a server on " + store.name().toLowerCase(java.util.Locale.ROOT));
      return BenchSession.start(store.name().toLowerCase(java.util.Locale.ROOT));
    }

    Path kubeconfig(@Nullable BenchSession session) {
      if (session != null) {
        return session.kubeconfig();
      }
      return java.util.Objects.requireNonNull(kubeconfig);
    }
  }

  /// `kemudi bench api`.
  @Command(
      name = "api",
      description = "Creates, reads, patches, lists, watches and deletes pods over REST.",
      mixinStandardHelpOptions = true)
  static final class Api implements Callable<Integer> {
    @Mixin private final Common common = new Common();

    @Option(names = "--pods", paramLabel = "N", description = "How many pods.")
    private int pods;

    @Override
    public Integer call() throws Exception {
      var sizes = common.quick ? ApiBench.Options.QUICK : ApiBench.Options.DEFAULT;
      if (pods > 0) {
        sizes = sizes.operations(pods);
      }
      try (var timers = new SystemTimers();
          var session = common.session()) {
        RestEndpoint at = Kubeconfig.load(common.kubeconfig(session), timers);
        var facts = new LinkedHashMap<String, Double>();
        if (session != null) {
          facts.put("raw store writes per second", session.rawPerSecond());
          facts.put("raw store CPU ms per write", session.rawCpuMs());
        }
        var pids = session == null ? Map.<String, Long>of() : session.pids();
        double raw = session == null ? 0 : session.rawPerSecond();
        var rows = new ApiBench(endpoint(at, pids), sizes, raw, common::progress).run();
        pids.forEach((name, pid) -> facts.put(name + " resident MB", ProcessCpu.residentMb(pid)));
        return common.report(rows, facts);
      }
    }

    private static ApiEndpoint endpoint(RestEndpoint at, Map<String, Long> pids)
        throws NoSuchAlgorithmException {
      SSLContext tls = at.tls() == null ? SSLContext.getDefault() : at.tls();
      String token = at.bearerToken().get();
      int port = at.server().getPort();
      return new ApiEndpoint(
          at.server().getHost(),
          port < 0 ? 443 : port,
          tls,
          token.isEmpty() ? List.of() : List.of("Authorization: Bearer " + token),
          pids);
    }
  }

  /// `kemudi bench scheduler`.
  @Command(
      name = "scheduler",
      description = "Pods per second that get a node: decided in memory, and end to end.",
      mixinStandardHelpOptions = true)
  static final class Scheduling implements Callable<Integer> {
    @Mixin private final Common common = new Common();

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes (default: 1000).")
    private int nodes;

    @Option(names = "--pods", paramLabel = "N", description = "Pods (default: 3000).")
    private int pods;

    @Override
    public Integer call() throws Exception {
      int onNodes = nodes > 0 ? nodes : common.quick ? 100 : 1000;
      int count = pods > 0 ? pods : common.quick ? 300 : 3000;
      var rows = new ArrayList<Row>();
      if (common.kubeconfig == null) {
        common.progress("deciding in memory");
        rows.addAll(SchedulingBench.rows(onNodes, count));
      }
      var facts = new LinkedHashMap<String, Double>();
      try (var timers = new SystemTimers();
          var session = common.session()) {
        RestEndpoint at = Kubeconfig.load(common.kubeconfig(session), timers);
        try (var client = new RestApiClient(at, timers)) {
          double raw = session == null ? 0 : session.rawPerSecond();
          var pids = session == null ? Map.<String, Long>of() : session.pids();
          rows.addAll(
              new SchedulerBench(client, timers, pids, raw, common::progress).run(onNodes, count));
          pids.forEach((name, pid) -> facts.put(name + " resident MB", ProcessCpu.residentMb(pid)));
        }
      }
      return common.report(rows, facts);
    }
  }

  /// `kemudi bench jmh`.
  @Command(
      name = "jmh",
      description = "The micro-benchmarks, those whose names match, with JMH's own options.",
      mixinStandardHelpOptions = true)
  static final class Jmh implements Callable<Integer> {
    @Option(names = "--quick", description = "One short fork each.")
    private boolean quick;

    @Parameters(paramLabel = "PATTERN", description = "As JMH's: a part of a benchmark's name.")
    private List<String> patterns = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
      var arguments = new ArrayList<String>(patterns);
      if (quick) {
        arguments.addAll(List.of("-f", "1", "-wi", "2", "-i", "3", "-w", "1", "-r", "1"));
      }
      Main.main(arguments.toArray(String[]::new));
      return 0;
    }
  }
}
