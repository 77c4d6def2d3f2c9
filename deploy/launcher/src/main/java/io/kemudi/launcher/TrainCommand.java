package io.kemudi.launcher;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `kemudi train`: a short life of a whole cluster without containers, in a folder that is thrown
/// away. The launcher script runs it once after a build with `-XX:AOTCacheOutput`, so that later
/// starts find their classes loaded and linked (JEP 483, 514).
@Command(
    name = "train",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Starts and ends a small cluster, to warm the ahead-of-time cache.")
final class TrainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "manifests to apply on the way", arity = "0..*")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws Exception {
    Path dir = Files.createTempDirectory("kemudi-train");
    var directory = new DataDirectory(dir.resolve("data"));
    directory.prepare();
    Logs.toFile(directory.logs().resolve("kemudi.log"));
    var options =
        new UpOptions(
            files,
            0,
            0,
            StoreChoice.SQLITE,
            List.of(),
            RuntimeChoice.HOLLOW,
            null,
            1,
            "10.96.0.0/12",
            "10.244.0.0/16",
            Duration.ofSeconds(50),
            false);
    try (var cluster =
        new AllInOne(
            directory,
            options,
            new Progress(new PrintStream(System.out), false, System.nanoTime()))) {
      cluster.start(Manifests.read(files));
      Thread.sleep(Duration.ofSeconds(1)); // the agents and informers settle
    } finally {
      FileTree.remove(dir);
    }
    return 0;
  }
}
