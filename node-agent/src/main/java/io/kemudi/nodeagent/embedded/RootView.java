package io.kemudi.nodeagent.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A container's root file system as it will be, read from its layers before anything is mounted.
/// Symbolic links are followed inside it, never out of it: `/etc/passwd -> /etc/shadow` of an image
/// is the image's own shadow.
final class RootView {
  private static final int MAX_LINKS = 40; // the kernel's own limit

  private final List<Path> layers;

  /// @param layers highest first
  RootView(List<Path> layers) {
    this.layers = List.copyOf(layers);
  }

  /// The path inside the root with every link resolved. Parts that do not exist are kept as they
  /// are: something may be mounted there.
  Path resolve(String path) throws IOException {
    Deque<Path> ahead = new ArrayDeque<>();
    Path.of("/").resolve(path).forEach(ahead::add);
    Path at = Path.of("/");
    int links = 0;
    while (!ahead.isEmpty()) {
      Path step = ahead.poll();
      String name = step.toString();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.getParent() == null ? at : at.getParent();
        continue;
      }
      Path next = at.resolve(step);
      Optional<Path> real = find(next);
      if (real.isPresent() && Files.isSymbolicLink(real.get())) {
        if (++links > MAX_LINKS) {
          throw new IOException(path + ": more than " + MAX_LINKS + " symbolic links");
        }
        Path target = Files.readSymbolicLink(real.get());
        Deque<Path> rest = new ArrayDeque<>();
        target.forEach(rest::add);
        rest.addAll(ahead);
        ahead = rest;
        at = target.isAbsolute() ? Path.of("/") : at;
      } else {
        at = next;
      }
    }
    return at;
  }

  /// The lines of a text file, none when it is not there.
  List<String> lines(String path) throws IOException {
    Optional<Path> file = find(resolve(path));
    return file.isPresent() && Files.isRegularFile(file.get(), LinkOption.NOFOLLOW_LINKS)
        ? Files.readAllLines(file.get())
        : List.of();
  }

  boolean isExecutable(String path) throws IOException {
    Optional<Path> file = find(resolve(path));
    return file.isPresent()
        && Files.isRegularFile(file.get(), LinkOption.NOFOLLOW_LINKS)
        && Files.isExecutable(file.get());
  }

  boolean isDirectory(Path resolved) {
    Optional<Path> file = find(resolved);
    return file.isPresent() && Files.isDirectory(file.get(), LinkOption.NOFOLLOW_LINKS);
  }

  /// The highest layer's file at an already resolved path. A whiteout ends the search.
  private Optional<Path> find(Path resolved) {
    String relative = Path.of("/").relativize(resolved).toString();
    for (Path layer : layers) {
      Path candidate = layer.resolve(relative);
      if (Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)) {
        return isWhiteout(candidate) ? Optional.empty() : Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean isWhiteout(Path path) {
    try {
      Map<String, Object> node =
          Files.readAttributes(path, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
      boolean characterDevice =
          node.get("mode") instanceof Integer mode && (mode & 0xf000) == 0x2000;
      return characterDevice && Long.valueOf(0).equals(node.get("rdev"));
    } catch (IOException e) {
      return false;
    }
  }
}
