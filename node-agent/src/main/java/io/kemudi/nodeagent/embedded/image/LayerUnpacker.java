package io.kemudi.nodeagent.embedded.image;

import com.github.luben.zstd.ZstdInputStream;
import io.kemudi.nodeagent.posix.Command;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks one layer (tar, plain or in gzip or zstd) into an empty folder, in the form that
/// overlayfs wants: what the layer deletes becomes a character device 0/0 of that name.
///
/// The archive is not trusted: no entry is ever written through a symbolic link or outside the
/// folder. What cannot be kept is file capabilities (Java cannot write `security.*` attributes).
final class LayerUnpacker {
  private static final Duration NODES_LIMIT = Duration.ofSeconds(60);
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  // More than this in one layer is an attack or a mistake, not an image. Semi-arbitrary.
  private static final long MAX_BYTES = 64L << 30;

  private final Path root;
  private final List<Path> lowers;
  private final boolean privileged;
  private final Map<Path, FileTime> directoryTimes = new LinkedHashMap<>();
  // Special files, as "type major minor mode path": made by one mknod shell at the end.
  private final List<String> nodes = new ArrayList<>();
  private long written;

  /// @param lowers the folders of the layers below, to spell out what an opaque folder hides
  LayerUnpacker(Path root, List<Path> lowers) {
    this.root = root;
    this.lowers = List.copyOf(lowers);
    this.privileged = "root".equals(System.getProperty("user.name"));
  }

  void unpack(InputStream layer) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(decompressed(layer))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        place(tar, e);
      }
    }
    makeNodes();
    for (Map.Entry<Path, FileTime> directory : directoryTimes.entrySet()) {
      if (Files.isDirectory(directory.getKey(), LinkOption.NOFOLLOW_LINKS)) {
        Files.setLastModifiedTime(directory.getKey(), directory.getValue());
      }
    }
  }

  static InputStream decompressed(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(4);
    byte[] magic = buffered.readNBytes(4);
    buffered.reset();
    if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
      return new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16);
    }
    if (magic.length == 4
        && (magic[0] & 0xff) == 0x28
        && (magic[1] & 0xff) == 0xb5
        && (magic[2] & 0xff) == 0x2f
        && (magic[3] & 0xff) == 0xfd) {
      return new ZstdInputStream(buffered);
    }
    return buffered;
  }

  private void place(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    Path target = inside(entry.getName());
    if (target.equals(root)) {
      return;
    }
    Path parent = parentOf(target);
    String name = String.valueOf(target.getFileName());
    if (name.equals(OPAQUE)) {
      hideAllBelow(parent);
      return;
    }
    if (name.startsWith(WHITEOUT)) {
      nodes.add("c 0 0 0 " + line(parent.resolve(name.substring(WHITEOUT.length()))));
      return;
    }
    if (!(entry.isDirectory() && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS))) {
      deleteTree(target);
    }
    if (entry.isDirectory()) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(target);
      }
      directoryTimes.put(target, entry.getLastModifiedTime());
    } else if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Path source = inside(entry.getLinkName());
      parentOf(source);
      if (Files.isSymbolicLink(source)) {
        Files.createSymbolicLink(target, Files.readSymbolicLink(source));
      } else {
        Files.createLink(target, source);
      }
      return;
    } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      String type = entry.isFIFO() ? "p" : entry.isBlockDevice() ? "b" : "c";
      nodes.add(
          type
              + " "
              + entry.getDevMajor()
              + " "
              + entry.getDevMinor()
              + " "
              + Integer.toOctalString(entry.getMode() & 07777)
              + " "
              + line(target));
      return;
    } else {
      written += entry.getSize();
      if (written > MAX_BYTES) {
        throw new IOException("a layer of more than " + MAX_BYTES + " bytes is refused");
      }
      Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
    }
    own(target, entry);
  }

  private void own(Path target, TarArchiveEntry entry) throws IOException {
    if (privileged) {
      Files.setAttribute(
          target, "unix:uid", (int) entry.getLongUserId(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(
          target, "unix:gid", (int) entry.getLongGroupId(), LinkOption.NOFOLLOW_LINKS);
    }
    if (!entry.isSymbolicLink()) {
      // After chown, which clears set-user-id bits.
      Files.setAttribute(target, "unix:mode", entry.getMode() & 07777);
    }
    Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(entry.getLastModifiedTime(), null, null);
  }

  private Path inside(String name) throws IOException {
    String relative = name;
    while (relative.startsWith("/")) {
      relative = relative.substring(1);
    }
    Path target = root.resolve(relative).normalize();
    if (!target.startsWith(root) || relative.indexOf('\0') >= 0) {
      throw new IOException("layer entry \"" + name + "\" points outside the image: refused");
    }
    return target;
  }

  /// The folder of `target`, made if it is missing. A symbolic link on the way is refused: a layer
  /// that writes through its own links is how archives escape. (Links of lower layers are not here,
  /// because every layer has a folder of its own.)
  private Path parentOf(Path target) throws IOException {
    Path parent = root;
    for (Path step : root.relativize(target.getParent() == null ? root : target.getParent())) {
      if (step.toString().isEmpty()) {
        continue;
      }
      parent = parent.resolve(step);
      if (Files.isSymbolicLink(parent)) {
        throw new IOException(
            "layer entry \""
                + root.relativize(target)
                + "\" goes through the symbolic link \""
                + root.relativize(parent)
                + "\": refused");
      }
      if (!Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
        try {
          Files.createDirectory(parent);
        } catch (FileAlreadyExistsException e) {
          throw new IOException("layer changed while it was unpacked", e);
        }
      }
    }
    return parent;
  }

  /// An opaque folder hides everything below it. Saying so takes a `trusted.*` attribute, which
  /// Java cannot write; so each hidden name is deleted by itself.
  private void hideAllBelow(Path folder) throws IOException {
    for (Path lower : lowers) {
      Path below = lower.resolve(root.relativize(folder).toString());
      if (!Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (Stream<Path> hidden = Files.list(below)) {
        for (Path path : hidden.toList()) {
          Path here = folder.resolve(path.getFileName().toString());
          if (!Files.exists(here, LinkOption.NOFOLLOW_LINKS)) {
            nodes.add("c 0 0 0 " + line(here));
          }
        }
      }
    }
  }

  private static String line(Path path) throws IOException {
    if (path.toString().indexOf('\n') >= 0) {
      throw new IOException("a special file with a line break in its name is refused: " + path);
    }
    return path.toString();
  }

  private void makeNodes() throws IOException {
    if (nodes.isEmpty()) {
      return;
    }
    String script =
        """
        while read -r type major minor mode path; do
          [ -e "$path" ] || [ -L "$path" ] && continue
          if [ "$type" = p ]; then mkfifo -m "$mode" "$path"; else mknod -m "$mode" "$path" "$type" "$major" "$minor"; fi || exit 1
        done
        """;
    Command.check(NODES_LIMIT, String.join("\n", nodes) + "\n", List.of("/bin/sh", "-c", script));
  }

  static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> children = Files.list(path)) {
        for (Path child : children.toList()) {
          deleteTree(child);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
