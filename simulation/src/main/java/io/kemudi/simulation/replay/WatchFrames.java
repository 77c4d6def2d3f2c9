package io.kemudi.simulation.replay;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Collects the frames of an open watch on a thread of its own: lines of JSON, or protobuf with its
/// length of four bytes before it.
final class WatchFrames implements AutoCloseable {
  /// No recorded watch has nearly as many; a server that floods us is not read further.
  private static final int MAX_FRAMES = 10_000;

  private static final int MAX_FRAME_BYTES = 8 << 20;
  private static final byte[] END = {};

  private final InputStream stream;
  private final boolean lines;
  private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>(MAX_FRAMES);
  private boolean ended;

  /// @param lines whether a line is a frame
  WatchFrames(InputStream stream, boolean lines) {
    this.stream = new BufferedInputStream(stream);
    this.lines = lines;
    Thread.startVirtualThread(this::read);
  }

  /// The next frame, a protobuf one with its length; null when the server ended the watch or gave
  /// none within the limit.
  byte @Nullable [] next(Duration limit) throws InterruptedException {
    if (ended) {
      return null;
    }
    byte[] frame = frames.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    ended = frame == END;
    return ended ? null : frame;
  }

  private void read() {
    try {
      while (frames.remainingCapacity() > 1) {
        byte[] frame = lines ? line() : lengthDelimited();
        if (frame.length == 0) {
          break;
        }
        frames.add(frame);
      }
    } catch (IOException _) {
      // cut by the server or closed here: what came is what there is
    }
    frames.add(END);
  }

  private byte[] line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = stream.read(); b >= 0 && b != '\n' && line.size() < MAX_FRAME_BYTES; ) {
      line.write(b);
      b = stream.read();
    }
    return line.toByteArray();
  }

  private byte[] lengthDelimited() throws IOException {
    var in = new DataInputStream(stream);
    byte[] head = in.readNBytes(4);
    if (head.length < 4) {
      return END;
    }
    int length = ByteBuffer.wrap(head).getInt();
    if (length < 0 || length > MAX_FRAME_BYTES) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] body = in.readNBytes(length);
    byte[] frame = Arrays.copyOf(head, 4 + body.length);
    System.arraycopy(body, 0, frame, 4, body.length);
    return frame;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
