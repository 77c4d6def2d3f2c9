package io.kemudi.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
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
  /// The server stops its pods within their grace, which is 30 s unless they say otherwise.
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
    Optional<ClusterFile> file = ClusterFile.read(directory.clusterFile());
    if (file.isPresent()) {
      ChildProcess.end(file.get().server(), PATIENCE);
      // What a server that was killed left behind, or one that was too slow.
      ClusterFile left = ClusterFile.read(directory.clusterFile()).orElse(file.get());
      new NodeTeardown(directory).stop(left.nodes());
      Files.deleteIfExists(directory.clusterFile());
      System.out.println("✓ stopped");
    } else {
      System.out.println("no cluster runs from " + directory.root());
    }
    if (purge) {
      remove(directory.root());
      System.out.println("✓ removed " + directory.root());
    }
    return 0;
  }

  /// Deletes without following links or entering other file systems: a mount that a pod left must
  /// not take somebody's files with it.
  private static void remove(Path root) throws IOException {
    Object device = Files.getAttribute(root, "unix:dev");
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            if (!Files.getAttribute(dir, "unix:dev").equals(device)) {
              throw new UserError(
                  dir + " is still mounted: unmount it, then run `kemudi down --purge` again");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, java.io.IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
