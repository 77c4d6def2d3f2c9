package io.kemudi.nodeagent.volume;

import java.io.IOException;
import java.nio.file.Path;

/// The mounts that volumes are made of. All of it may be called again and again.
public interface VolumeMounts {
  /// Makes the directory `dir` a file system in memory of at most `bytes`.
  void memory(Path dir, long bytes) throws IOException;

  /// A path for the runtime that leads to `subPath` in `volume` and nowhere else, whatever the
  /// processes that have the volume do to the links in it meanwhile. Directories that are missing
  /// are made.
  ///
  /// @param target of the caller's, for a mount; whatever was mounted there goes
  /// @throws IllegalArgumentException when the path leads out of the volume
  Path subPath(Path volume, String subPath, Path target) throws IOException;

  /// Takes away everything that is mounted at `dir` and below.
  void unmountBelow(Path dir) throws IOException;

  /// For agents that may not mount, or whose pods have no processes: plain directories.
  VolumeMounts NONE =
      new VolumeMounts() {
        @Override
        public void memory(Path dir, long bytes) {}

        @Override
        public Path subPath(Path volume, String subPath, Path target) throws IOException {
          return SubPaths.resolve(volume, subPath);
        }

        @Override
        public void unmountBelow(Path dir) {}
      };
}
