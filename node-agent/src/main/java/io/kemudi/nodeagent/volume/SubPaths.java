package io.kemudi.nodeagent.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// A part of a volume for a mount. Symbolic links inside the volume are followed only as far as
/// they stay inside, and the path given to the runtime holds none: a container that could write to
/// the volume before must not choose what of the host it is given now.
public final class SubPaths {
  private SubPaths() {}

  /// The real path of `subPath` in `volume`; directories that are missing are made.
  public static Path resolve(Path volume, String subPath) throws IOException {
    AtomicDirectory.checkPath(subPath);
    Path root = volume.toRealPath();
    Path at = root;
    for (Path part : Path.of(subPath)) {
      Path next = at.resolve(part);
      if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(next);
        AtomicDirectory.setMode(next, 0750);
      }
      Path real = next.toRealPath();
      if (!real.startsWith(root)) {
        throw new IllegalArgumentException(
            "subPath \"" + subPath + "\" leads out of the volume at \"" + part + "\"");
      }
      at = real;
    }
    return at;
  }
}
