package io.kemudi.nodeagent.streaming;

import io.kemudi.nodeagent.runtime.LogFile;
import io.kemudi.time.Timers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Copies a container's log to a client. Following survives rotation: when another file stands at
/// the path, the open one is read to its end and the new one from its beginning.
final class LogReader {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int BUFFER_BYTES = 32 << 10;
  // A runtime splits lines at 16 KiB; one that is much longer is no log line.
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final Path file;
  private final LogOptions options;
  private final OutputStream out;
  private final BooleanSupplier alive;
  private final Timers timers;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long left;
  private boolean inLine; // the last piece written was part of a line that goes on

  /// @param alive whether more may come: the container runs and the client is there
  LogReader(Path file, LogOptions options, OutputStream out, BooleanSupplier alive, Timers timers) {
    this.file = file;
    this.options = options;
    this.out = out;
    this.alive = alive;
    this.timers = timers;
    this.left = options.limitBytes() == null ? Long.MAX_VALUE : options.limitBytes();
  }

  void copy() throws IOException, InterruptedException {
    @Nullable Long tail = options.tailLines();
    boolean first = true;
    while (left > 0) {
      try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ)) {
        Object key = keyOf(file);
        if (first && tail != null) {
          channel.position(tailStart(channel, tail));
        }
        first = false;
        if (!readOn(channel, key)) {
          return;
        }
      } catch (NoSuchFileException e) {
        if (!options.follow() || !alive.getAsBoolean()) {
          return; // nothing was ever written, or a rotation is the last that happened
        }
        timers.sleep(POLL);
      }
    }
  }

  /// Reads to the end, and as long as it is followed waits there for more. True when another file
  /// has taken the place of this one.
  private boolean readOn(SeekableByteChannel channel, @Nullable Object key)
      throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(BUFFER_BYTES);
    boolean last = false;
    while (left > 0) {
      int count = channel.read(buffer.clear());
      if (count > 0) {
        take(buffer.array(), count);
        continue;
      }
      out.flush();
      if (!options.follow() || last) {
        return false;
      }
      boolean replaced = key != null && !key.equals(keyOf(file));
      if (replaced && channel.position() >= channel.size()) {
        return true;
      }
      // What was written before the container ended may have come after the read: look once more.
      last = !alive.getAsBoolean();
      if (!last) {
        timers.sleep(POLL);
      }
    }
    out.flush();
    return false;
  }

  private static @Nullable Object keyOf(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  private void take(byte[] bytes, int count) throws IOException {
    int from = 0;
    for (int i = 0; i < count && left > 0; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, from, i - from);
        writeLine(line.toByteArray());
        line.reset();
        from = i + 1;
      }
    }
    if (line.size() < MAX_LINE_BYTES) {
      line.write(bytes, from, count - from);
    }
  }

  private void writeLine(byte[] raw) throws IOException {
    LogFile.Line parsed = LogFile.Line.parse(raw, raw.length);
    if (parsed == null
        || !options.stream().isEmpty() && !options.stream().equals(parsed.stream())) {
      return;
    }
    Instant since = options.since();
    if (since != null) {
      Instant at = parsed.instant();
      if (at != null && at.isBefore(since)) {
        return;
      }
    }
    if (options.timestamps() && !inLine) {
      write((parsed.timestamp() + " ").getBytes(StandardCharsets.UTF_8));
    }
    write(parsed.text());
    inLine = parsed.partial();
    if (!inLine) {
      write(new byte[] {'\n'});
    }
  }

  private void write(byte[] bytes) throws IOException {
    int count = (int) Math.min(bytes.length, left);
    out.write(bytes, 0, count);
    left -= count;
  }

  /// Where the last `lines` lines begin.
  private static long tailStart(SeekableByteChannel channel, long lines) throws IOException {
    if (lines == 0) {
      return channel.size();
    }
    long wanted = lines + 1; // the last line ends in a newline of its own
    long end = channel.size();
    var buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (end > 0) {
      long start = Math.max(0, end - BUFFER_BYTES);
      channel.position(start);
      buffer.clear().limit((int) (end - start));
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the block is full
      }
      for (int i = buffer.position() - 1; i >= 0; i--) {
        if (buffer.get(i) == '\n' && --wanted == 0) {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
  }
}
