package io.kemudi.nodeagent.volume;

import io.kemudi.nodeagent.posix.Posix;
import io.kemudi.nodeagent.posix.Posix.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Mounts of the kernel, in this process's mount namespace; the runtime has to see them, as it has
/// to with every kubelet.
///
/// A subPath is resolved by the kernel to a file that is then held, and the held file is mounted
/// where only the agent writes (CVE-2017-1002101, CVE-2021-25741: a path that is checked and used
/// later can be another file by then).
public final class KernelMounts implements VolumeMounts {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT = 4; // proc_pid_mountinfo(5): the fifth field
  private static final int SUB_PATH_MODE = 0750; // upstream's

  @Override
  public void memory(Path dir, long bytes) throws IOException {
    if (!mountedBelow(dir).contains(dir)) {
      Posix.mountTmpfs(dir, bytes);
    }
  }

  @Override
  public Path subPath(Path volume, String subPath, Path target) throws IOException {
    AtomicDirectory.checkPath(subPath);
    try (Handle root = Posix.hold(volume);
        Handle found = holdOrMake(root, subPath)) {
      while (Posix.unmount(target)) {
        // of an earlier attempt of the container, which keeps what it has
      }
      Files.createDirectories(target.getParent());
      if (Files.isDirectory(found.path())) {
        Files.deleteIfExists(target);
        Files.createDirectory(target);
      } else {
        Files.deleteIfExists(target);
        Files.createFile(target);
      }
      Posix.bind(found, target);
      return target;
    }
  }

  private static Handle holdOrMake(Handle root, String subPath) throws IOException {
    var parts = new ArrayList<String>();
    for (Path part : Path.of(subPath)) {
      parts.add(part.toString());
    }
    for (int i = 1; i <= parts.size(); i++) {
      String path = String.join("/", parts.subList(0, i));
      Handle found = Posix.holdBeneath(root, path);
      if (found == null) {
        make(root, String.join("/", parts.subList(0, i - 1)), parts.get(i - 1));
        found = Posix.holdBeneath(root, path);
      }
      if (found == null) {
        throw new IOException("\"" + path + "\" went away while it was made");
      }
      if (i == parts.size()) {
        return found;
      }
      found.close();
    }
    throw new IllegalArgumentException("a subPath has at least one part");
  }

  private static void make(Handle root, String parent, String name) throws IOException {
    try (Handle in = Posix.holdBeneath(root, parent.isEmpty() ? "." : parent)) {
      if (in == null) {
        throw new IOException("\"" + parent + "\" went away while a directory was made in it");
      }
      Posix.makeDirectory(in, name, SUB_PATH_MODE);
    }
  }

  @Override
  public void unmountBelow(Path dir) throws IOException {
    for (Path mounted : mountedBelow(dir).reversed()) {
      Posix.unmount(mounted);
    }
  }

  /// In the order in which they were mounted.
  private static List<Path> mountedBelow(Path dir) throws IOException {
    Path real = Files.exists(dir, LinkOption.NOFOLLOW_LINKS) ? dir.toRealPath() : dir;
    var found = new ArrayList<Path>();
    for (String line : Files.readAllLines(MOUNTS)) {
      Path at = Path.of(unescape(line.split(" ")[MOUNT_POINT]));
      if (at.startsWith(real)) {
        found.add(dir.resolve(real.relativize(at)).normalize());
      }
    }
    return found;
  }

  /// Blanks and the like are written as three octal digits.
  private static String unescape(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
