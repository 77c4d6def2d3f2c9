package io.kemudi.nodeagent.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A container's log in CRI's form, one line each: `2026-01-01T00:00:00.000000001Z stdout F text`,
/// `P` in place of `F` for a line that goes on.
public final class LogFile {
  private LogFile() {}

  /// One parsed line; `partial` when the text goes on in the next one.
  public record Line(String timestamp, String stream, boolean partial, byte[] text) {
    /// Null for what is not in CRI's form, such as a line that is still being written.
    public static @Nullable Line parse(byte[] bytes, int length) {
      int first = indexOf(bytes, 0, length);
      int second = first < 0 ? -1 : indexOf(bytes, first + 1, length);
      int third = second < 0 ? -1 : indexOf(bytes, second + 1, length);
      if (third < 0) {
        return null;
      }
      var text = new byte[length - third - 1];
      System.arraycopy(bytes, third + 1, text, 0, text.length);
      return new Line(
          string(bytes, 0, first),
          string(bytes, first + 1, second),
          bytes[second + 1] == 'P',
          text);
    }

    private static int indexOf(byte[] bytes, int from, int to) {
      for (int i = from; i < to; i++) {
        if (bytes[i] == ' ') {
          return i;
        }
      }
      return -1;
    }

    private static String string(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    public @Nullable Instant instant() {
      try {
        return Instant.parse(timestamp);
      } catch (DateTimeException e) {
        try {
          return java.time.OffsetDateTime.parse(timestamp).toInstant();
        } catch (DateTimeException again) {
          return null;
        }
      }
    }
  }

  /// The text of the last lines, at most `maxLines` and the last `maxBytes`; "" when there is no
  /// such file.
  public static String tail(Path file, int maxLines, int maxBytes) {
    try {
      var lines = new ArrayDeque<String>();
      for (String raw : lastBytes(file, maxBytes * 4L).split("\n", -1)) {
        byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
        Line line = Line.parse(bytes, bytes.length);
        if (line != null) {
          lines.add(new String(line.text(), StandardCharsets.UTF_8) + (line.partial() ? "" : "\n"));
        }
        if (lines.size() > maxLines) {
          lines.removeFirst();
        }
      }
      String text = String.join("", lines);
      return text.length() > maxBytes ? text.substring(text.length() - maxBytes) : text;
    } catch (IOException e) {
      return "";
    }
  }

  private static String lastBytes(Path file, long count) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ)) {
      channel.position(Math.max(0, channel.size() - count));
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, channel.size()));
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the buffer is full
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
  }
}
