package io.kemudi.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The folder that holds everything a cluster on this machine keeps: the store, keys, kubeconfig,
/// pods' files and logs. One cluster uses it at a time.
///
/// | path | content |
/// | --- | --- |
/// | `FORMAT` | the number of this layout |
/// | `kubeconfig` | the administrator's |
/// | `pki/` | the authority, certificates and keys; `encryption.yaml`, by which Secrets are stored |
/// | `store/` | the embedded store |
/// | `nodes/NAME/` | a node's runtime state, pods and sockets |
/// | `logs/` | one file a process; `audit.log`, who changed what |
/// | `cluster.json` | what runs here now: processes, ports, options |
public record DataDirectory(Path root) {
  /// The layout that this release writes.
  public static final int FORMAT = 1;

  /// Where a cluster lives unless the user says otherwise.
  public static Path defaultRoot() {
    return isRoot()
        ? Path.of("/var/lib/kemudi")
        : Path.of(System.getProperty("user.home"), ".local", "share", "kemudi");
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /// Makes the folder if it is not there and checks that its layout is one that this release knows.
  public void prepare() {
    try {
      if (Files.exists(root) && !Files.isDirectory(root)) {
        throw new UserError(
            "--data-dir " + root + " is a file: name a folder that is empty or holds a cluster");
      }
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!Files.isWritable(root)) {
        throw new UserError(
            "the data dir " + root + " cannot be written: use --data-dir, or run as its owner");
      }
      Path format = root.resolve("FORMAT");
      if (Files.exists(format)) {
        check(format);
      } else {
        refuseForeignFolder();
        Files.writeString(format, FORMAT + "\n");
      }
      Files.createDirectories(logs());
    } catch (FileSystemException e) {
      throw new UserError(
          "the data dir " + root + " cannot be prepared: " + e.getFile() + ": " + reason(e));
    } catch (IOException e) {
      throw new UserError("the data dir " + root + " cannot be prepared: " + e.getMessage());
    }
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }

  private void check(Path format) throws IOException {
    String text = Files.readString(format).strip();
    int found;
    try {
      found = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UserError(
          format + " does not hold a format number but \"" + text + "\": the data dir is damaged");
    }
    if (found > FORMAT) {
      throw new UserError(
          "the data dir "
              + root
              + " has format "
              + found
              + ", this release knows up to "
              + FORMAT
              + ": use the release that wrote it, or a newer one");
    }
  }

  /// A typing error must not fill somebody's home folder with cluster files.
  private void refuseForeignFolder() throws IOException {
    try (var entries = Files.list(root)) {
      if (entries.findAny().isPresent()) {
        throw new UserError(
            "--data-dir "
                + root
                + " is not empty and has no FORMAT file, so it is not a cluster's: name an empty or new folder");
      }
    }
  }

  /// Whether a cluster was ever started here.
  public boolean exists() {
    return Files.exists(root.resolve("FORMAT"));
  }

  /// Takes the folder for this process, or gives null when another process has it. Closing the
  /// channel, or the end of the process, gives it back.
  public @Nullable FileLock tryLock() throws IOException {
    @SuppressWarnings("resource") // held until the process ends
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return channel.tryLock();
  }

  public Path kubeconfig() {
    return root.resolve("kubeconfig");
  }

  public Path pki() {
    return root.resolve("pki");
  }

  public Path store() {
    return root.resolve("store");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /// Who changed what; files put aside lie beside it.
  public Path auditLog() {
    return logs().resolve("audit.log");
  }

  public Path node(String name) {
    return root.resolve("nodes").resolve(name);
  }

  /// What an embedded runtime keeps over a reboot: images and records of pods.
  Path runtimeRoot(String node) {
    return node(node).resolve("runtime");
  }

  Path runtimeState(String node) {
    return runtimeStates().resolve(node);
  }

  /// What a reboot should end: under `/run`, apart for each data directory; a folder for each node.
  Path runtimeStates() {
    String id = Integer.toHexString(root.toString().hashCode());
    Path run = Path.of("/run");
    Path base = Files.isWritable(run) ? run : root.resolve("run");
    return base.resolve("kemudi-" + id);
  }

  /// There while `down` ends the cluster: the server then leaves the pods to it.
  Path stopping() {
    return root.resolve("stopping");
  }

  public Path clusterFile() {
    return root.resolve("cluster.json");
  }
}
