package io.kemudi.nodeagent.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// A container's log file in the CRI format: `TIME stdout|stderr F|P TEXT`, where P marks a piece
/// of a line that goes on in the next entry of its stream. Thread-safe: both streams write here.
final class ContainerLog implements AutoCloseable {
  /// A line longer than this is written in pieces; upstream's readers expect this size.
  private static final int PIECE_BYTES = 16 * 1024;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private final Path file;
  private final InstantSource clock;
  private OutputStream out;

  /// @param file "" writes nowhere, as CRI allows
  ContainerLog(Path file, InstantSource clock) throws IOException {
    this.file = file;
    this.clock = clock;
    this.out = open();
  }

  private OutputStream open() throws IOException {
    if (file.toString().isEmpty()) {
      return OutputStream.nullOutputStream();
    }
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Goes on in a new file of the same name, after a rotation moved the old one away.
  synchronized void reopen() throws IOException {
    OutputStream next = open();
    out.close();
    out = next;
  }

  private synchronized void append(byte[] entries) throws IOException {
    out.write(entries);
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }

  /// A writer for one of the two streams, used by one thread.
  Lines lines(String stream) {
    return new Lines(stream);
  }

  /// Cuts one stream's bytes into entries. Bytes without a line end wait for the rest of their
  /// line.
  final class Lines {
    private final byte[] full;
    private final byte[] partial;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);

    Lines(String stream) {
      full = (" " + stream + " F ").getBytes(StandardCharsets.US_ASCII);
      partial = (" " + stream + " P ").getBytes(StandardCharsets.US_ASCII);
    }

    void write(byte[] bytes, int length) throws IOException {
      byte[] stamp = STAMP.format(clock.instant()).getBytes(StandardCharsets.US_ASCII);
      ByteArrayOutputStream entries = new ByteArrayOutputStream(length + 128);
      int start = 0;
      for (int i = 0; i < length; i++) {
        boolean end = bytes[i] == '\n';
        if (end || line.size() + i - start == PIECE_BYTES) {
          line.write(bytes, start, i - start);
          entry(entries, stamp, end);
          start = end ? i + 1 : i;
        }
      }
      line.write(bytes, start, length - start);
      append(entries.toByteArray());
    }

    /// Writes what waits for a line end that will not come.
    void end() throws IOException {
      finish(true);
    }

    /// Writes what waits, as a piece of a line that somebody else will go on with.
    void interrupt() throws IOException {
      finish(false);
    }

    private void finish(boolean complete) throws IOException {
      if (line.size() > 0) {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        byte[] stamp = STAMP.format(clock.instant()).getBytes(StandardCharsets.US_ASCII);
        entry(entries, stamp, complete);
        append(entries.toByteArray());
      }
    }

    private void entry(ByteArrayOutputStream entries, byte[] stamp, boolean complete) {
      entries.writeBytes(stamp);
      entries.writeBytes(complete ? full : partial);
      entries.writeBytes(line.toByteArray());
      entries.write('\n');
      line.reset();
    }
  }
}
