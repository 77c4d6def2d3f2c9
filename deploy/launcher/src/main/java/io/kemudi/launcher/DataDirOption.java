package io.kemudi.launcher;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--data-dir`, which most commands take.
public final class DataDirOption {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "where the cluster keeps everything (default: /var/lib/kemudi as root, else"
              + " ~/.local/share/kemudi)")
  private @Nullable Path dir;

  DataDirectory directory() {
    Path root = dir == null ? DataDirectory.defaultRoot() : dir;
    return new DataDirectory(root.toAbsolutePath().normalize());
  }
}
