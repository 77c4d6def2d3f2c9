package io.kemudi.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi down`.
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stops the cluster of this machine, pods included.",
    footer = {
      "",
      "Examples:",
      "  kemudi down              keeps the data: `kemudi up` goes on from there",
      "  kemudi down --purge      removes the data too",
      "  kemudi down --grace-period 0s",
    })
final class DownCommand implements Callable<Integer> {
  /// Ending every part of the server in good order takes seconds.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Mixin private DataDirOption dataDir = new DataDirOption();

  @Option(names = "--purge", description = "also removes the data directory")
  private boolean purge;

  @Option(
      names = "--grace-period",
      defaultValue = "60s",
      converter = Durations.class,
      paramLabel = "DURATION",
      description =
          "how long all pods together may take to end, each at most its own"
              + " terminationGracePeriodSeconds; 0s kills them (default: ${DEFAULT-VALUE})")
  private Duration gracePeriod = Duration.ZERO;

  @Override
  public Integer call() throws Exception {
    DataDirectory directory = dataDir.directory();
    if (!directory.exists()) {
      if (Files.exists(directory.root())) {
        throw new UserError(
            directory.root() + " is not a cluster's data dir: it has no FORMAT file");
      }
      System.out.println("no cluster in " + directory.root());
      return 0;
    }
    Logs.toFile(directory.logs().resolve("down.log"));
    Optional<ClusterFile> file = ClusterFile.read(directory.clusterFile());
    if (file.isPresent()) {
      stop(directory, file.get());
      System.out.println("✓ stopped");
    } else {
      new LocalEtcd(directory).stop(); // of a start that was killed early
      System.out.println("no cluster runs from " + directory.root());
    }
    if (purge) {
      FileTree.remove(directory.root());
      System.out.println("✓ removed " + directory.root());
    }
    return 0;
  }

  private void stop(DataDirectory directory, ClusterFile file) throws IOException {
    Files.writeString(directory.stopping(), "");
    ChildProcess.end(file.server(), PATIENCE);
    ClusterFile left = ClusterFile.read(directory.clusterFile()).orElse(file);
    var teardown = new NodeTeardown(directory, gracePeriod, System.out::println);
    List<String> problems = teardown.stop(left.nodes());
    if (!problems.isEmpty()) {
      throw new UserError(
          String.join("; ", problems) + ": what runs there is kept in mind, try it again");
    }
    new LocalEtcd(directory).stop();
    Files.deleteIfExists(directory.clusterFile());
    Files.deleteIfExists(directory.stopping());
  }
}
