package io.kemudi.nodeagent.volume;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory whose files change all at once, laid out as upstream does so that programs that
/// watch it keep working:
///
/// ```
/// ..data -> ..2026_01_01_0000000007     swapped by one rename
/// ..2026_01_01_0000000007/tls/key.pem   the files
/// tls -> ..data/tls                     what the pod sees
/// ```
///
/// One writer at a time; readers need no lock.
public final class AtomicDirectory {
  private static final String DATA = "..data";
  private static final String DATA_NEW = "..data_tmp";

  private final Path root;

  public AtomicDirectory(Path root) {
    this.root = root;
  }

  /// One file: its bytes, mode, and the group it belongs to (null: the agent's).
  public record FileContent(byte[] bytes, int mode, @Nullable Long gid) {
    boolean sameAs(FileContent other) {
      return mode == other.mode && Arrays.equals(bytes, other.bytes);
    }
  }

  /// Makes the directory hold exactly `files`, by path below it. Returns whether anything changed.
  ///
  /// @param version names the new content; must differ from those before
  public boolean write(Map<String, FileContent> files, String version) throws IOException {
    files.keySet().forEach(AtomicDirectory::checkPath);
    Files.createDirectories(root);
    Path old = currentVersion();
    if (old != null && sameContent(old, files)) {
      return false;
    }
    Path fresh = root.resolve(".." + version);
    deleteTree(fresh);
    Files.createDirectory(fresh);
    setMode(fresh, 0755);
    for (Map.Entry<String, FileContent> file : files.entrySet()) {
      writeFile(fresh, file.getKey(), file.getValue());
    }
    swap(fresh);
    linkVisibleNames(files.keySet());
    if (old != null && !old.equals(fresh)) {
      deleteTree(old);
    }
    return true;
  }

  /// Refuses what would reach outside the directory or collide with its own names.
  static void checkPath(String path) {
    boolean bad = path.isEmpty() || path.startsWith("/") || path.startsWith("..");
    for (String part : path.split("/", -1)) {
      bad |= part.isEmpty() || part.equals("..") || part.equals(".");
    }
    if (bad) {
      throw new IllegalArgumentException(
          "\"" + path + "\" is not a relative path without \"..\" that stays inside the volume");
    }
  }

  private @Nullable Path currentVersion() throws IOException {
    try {
      return root.resolve(Files.readSymbolicLink(root.resolve(DATA)));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean sameContent(Path version, Map<String, FileContent> files)
      throws IOException {
    if (!Files.isDirectory(version, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    var found = new TreeMap<String, Path>();
    try (Stream<Path> walk = Files.walk(version)) {
      walk.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS))
          .forEach(p -> found.put(version.relativize(p).toString(), p));
    }
    if (!found.keySet().equals(files.keySet())) {
      return false;
    }
    for (Map.Entry<String, Path> entry : found.entrySet()) {
      Path path = entry.getValue();
      var there = new FileContent(Files.readAllBytes(path), modeOf(path), null);
      FileContent wanted = files.get(entry.getKey());
      if (wanted == null || !there.sameAs(wanted)) {
        return false;
      }
    }
    return true;
  }

  private static void writeFile(Path version, String name, FileContent content) throws IOException {
    Path file = version.resolve(name);
    Path parent = file.getParent();
    Files.createDirectories(Objects.requireNonNull(parent));
    for (Path dir = parent; dir != null && !dir.equals(version); dir = dir.getParent()) {
      setMode(dir, 0755);
    }
    Files.write(file, content.bytes());
    if (content.gid() != null) {
      Files.setAttribute(file, "unix:gid", content.gid().intValue(), LinkOption.NOFOLLOW_LINKS);
    }
    setMode(file, content.mode());
  }

  private void swap(Path fresh) throws IOException {
    Path link = root.resolve(DATA_NEW);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, fresh.getFileName());
    Files.move(
        link,
        root.resolve(DATA),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void linkVisibleNames(Set<String> paths) throws IOException {
    var wanted = new TreeSet<String>();
    paths.forEach(path -> wanted.add(path.split("/", -1)[0]));
    for (String name : wanted) {
      Path link = root.resolve(name);
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of(DATA, name));
      }
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith("..") && !wanted.contains(name)) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  static void setMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode & 07777, LinkOption.NOFOLLOW_LINKS);
  }

  private static int modeOf(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  /// Removes a directory and what is in it; links are removed, never followed.
  public static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(tree)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
