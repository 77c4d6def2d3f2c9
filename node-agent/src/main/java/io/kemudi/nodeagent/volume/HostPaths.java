package io.kemudi.nodeagent.volume;

import io.kemudi.kubernetes.core.v1.HostPathVolumeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A path of the node itself, checked against what the pod says it is.
final class HostPaths {
  // Bits of st_mode that tell the type of a file (inode(7)).
  private static final int TYPE_MASK = 0170000;
  private static final int SOCKET = 0140000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int CHARACTER_DEVICE = 0020000;

  private HostPaths() {}

  static Path check(HostPathVolumeSource source) throws IOException {
    Path path = Path.of(source.getPath());
    switch (source.getType()) {
      case "" -> {}
      case "DirectoryOrCreate" -> {
        if (!Files.exists(path)) {
          Files.createDirectories(path);
          AtomicDirectory.setMode(path, 0755);
        }
        require(Files.isDirectory(path), path, "a directory");
      }
      case "Directory" -> require(Files.isDirectory(path), path, "a directory");
      case "FileOrCreate" -> {
        if (!Files.exists(path)) {
          Files.createFile(path);
          AtomicDirectory.setMode(path, 0644);
        }
        require(Files.isRegularFile(path), path, "a file");
      }
      case "File" -> require(Files.isRegularFile(path), path, "a file");
      case "Socket" -> require(isType(path, SOCKET), path, "a socket file");
      case "CharDevice" -> require(isType(path, CHARACTER_DEVICE), path, "a character device");
      case "BlockDevice" -> require(isType(path, BLOCK_DEVICE), path, "a block device");
      default ->
          throw new IllegalArgumentException("unknown hostPath type \"" + source.getType() + "\"");
    }
    return path;
  }

  private static boolean isType(Path path, int type) throws IOException {
    return Files.exists(path)
        && ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_MASK) == type;
  }

  private static void require(boolean holds, Path path, String what) {
    if (!holds) {
      throw new IllegalArgumentException("hostPath type check failed: " + path + " is not " + what);
    }
  }
}
