package io.kemudi.apiserver.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/// A file of events, one a line, readable by its owner alone. A full file is put aside as
/// `NAME-TIME.EXT` (as upstream names it) and a new one begun; the oldest of those put aside go
/// when there are too many or they are too old. One thread at a time.
public final class AuditLogFile implements AuditQueue.Writer {
  private static final DateTimeFormatter ASIDE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSS").withZone(ZoneOffset.UTC);

  private final Path file;
  private final Limits limits;
  private final InstantSource clock;

  /// @param bytes of one file, at least 1
  /// @param backups files put aside that are kept; 0 keeps all
  /// @param age after which those put aside are removed; zero keeps them
  public record Limits(long bytes, int backups, Duration age) {
    /// Upstream's default size, and few enough files that a disk does not fill.
    public static final Limits DEFAULT = new Limits(100L << 20, 5, Duration.ZERO);

    public Limits {
      if (bytes < 1 || backups < 0 || age.isNegative()) {
        throw new IllegalArgumentException("limits of an audit log cannot be negative");
      }
    }
  }

  /// @throws IOException when the file cannot be made or written
  public AuditLogFile(Path file, Limits limits, InstantSource clock) throws IOException {
    this.file = file.toAbsolutePath();
    this.limits = limits;
    this.clock = clock;
    create();
    if (!Files.isWritable(this.file)) {
      throw new IOException(file + " cannot be written");
    }
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public void write(List<byte[]> events) throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    var lines = new java.io.ByteArrayOutputStream();
    for (byte[] event : events) {
      if (size > 0 && size + event.length + 1 > limits.bytes) {
        append(lines);
        putAside();
        size = 0;
      }
      lines.write(event);
      lines.write('\n');
      size += event.length + 1;
    }
    append(lines);
  }

  private void append(java.io.ByteArrayOutputStream lines) throws IOException {
    create();
    Files.write(file, lines.toByteArray(), StandardOpenOption.APPEND);
    lines.reset();
  }

  private void create() throws IOException {
    if (!Files.exists(file)) {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  // ---- rotation ----

  private void putAside() throws IOException {
    Instant now = clock.instant();
    Path aside = file.resolveSibling(base() + "-" + ASIDE.format(now) + extension());
    while (Files.exists(aside)) { // another within the same millisecond
      now = now.plusMillis(1);
      aside = file.resolveSibling(base() + "-" + ASIDE.format(now) + extension());
    }
    Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
    List<Path> all = aside(now);
    for (int i = 0; i < all.size(); i++) {
      boolean tooMany = limits.backups > 0 && i < all.size() - limits.backups;
      if (tooMany || isOld(all.get(i), now)) {
        Files.deleteIfExists(all.get(i));
      }
    }
  }

  private boolean isOld(Path aside, Instant now) {
    String oldest = base() + "-" + ASIDE.format(now.minus(limits.age)) + extension();
    return !limits.age.isZero() && name(aside).compareTo(oldest) < 0;
  }

  /// Those put aside, the oldest first: their names sort by time.
  private List<Path> aside(Instant now) throws IOException {
    int length = name(file).length() + 1 + ASIDE.format(now).length();
    try (Stream<Path> siblings = Files.list(file.resolveSibling("."))) {
      return siblings
          .map(Path::normalize)
          .filter(each -> name(each).length() == length)
          .filter(each -> name(each).startsWith(base() + "-"))
          .filter(each -> name(each).endsWith(extension()))
          .sorted()
          .toList();
    }
  }

  private String base() {
    return name(file).substring(0, name(file).length() - extension().length());
  }

  private String extension() {
    int dot = name(file).lastIndexOf('.');
    return dot < 0 ? "" : name(file).substring(dot);
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
