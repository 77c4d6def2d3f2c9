package io.kemudi.launcher;

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
    })
final class DownCommand implements Callable<Integer> {
  /// Ending every part in good order takes seconds; pods get no grace (they are ended at once).
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Mixin private DataDirOption dataDir = new DataDirOption();

  @Option(names = "--purge", description = "also removes the data directory")
  private boolean purge;

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
      ChildProcess.end(file.get().server(), PATIENCE);
      // What a server that was killed left behind, or one that was too slow.
      ClusterFile left = ClusterFile.read(directory.clusterFile()).orElse(file.get());
      List<String> problems = new NodeTeardown(directory).stop(left.nodes());
      if (!problems.isEmpty()) {
        throw new UserError(
            String.join("; ", problems) + ": what runs there is kept in mind, try it again");
      }
      Files.deleteIfExists(directory.clusterFile());
      System.out.println("✓ stopped");
    } else {
      System.out.println("no cluster runs from " + directory.root());
    }
    if (purge) {
      FileTree.remove(directory.root());
      System.out.println("✓ removed " + directory.root());
    }
    return 0;
  }
}
