package io.kemudi.nodeagent.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves what a container writes from its named pipe into its log, and to whoever is attached.
///
/// The shim holds the pipe open for reading and writing, so that the container never sees it close:
/// while no runtime process reads, the container's writes wait in the pipe (64 KiB) and then block.
/// A restart of this process loses nothing; its sudden death loses at most a line that was read in
/// part.
final class OutputPump {
  private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(2);

  private final FileChannel in;
  private final RandomAccessFile holder;
  private final ContainerLog.Lines lines;
  private final List<Consumer<byte[]>> attached = new CopyOnWriteArrayList<>();
  private final Thread thread;

  OutputPump(Path pipe, ContainerLog.Lines lines) throws IOException {
    this.lines = lines;
    // Opening for reading alone would wait for a writer.
    this.holder = new RandomAccessFile(pipe.toFile(), "rw");
    this.in = FileChannel.open(pipe, StandardOpenOption.READ);
    // A platform thread: a read of a pipe holds its carrier for as long as the container is silent.
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("output-" + pipe.getFileName())
            .stackSize(65536)
            .start(this::run);
  }

  /// From now on the pipe ends when the shim does. To be called once the shim has opened it.
  void release() throws IOException {
    holder.close();
  }

  /// Hands every chunk to `sink` as well, until [#detach]. The sink must not block.
  void attach(Consumer<byte[]> sink) {
    attached.add(sink);
  }

  void detach(Consumer<byte[]> sink) {
    attached.remove(sink);
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
    try (in) {
      while (in.read(buffer) >= 0) {
        lines.write(buffer.array(), buffer.position());
        if (!attached.isEmpty()) {
          byte[] chunk = Arrays.copyOf(buffer.array(), buffer.position());
          attached.forEach(s -> s.accept(chunk));
        }
        buffer.clear();
      }
      lines.end();
    } catch (ClosedChannelException e) {
      finishPartially();
    } catch (IOException e) {
      // The disk is full or the pod's log folder is gone: the container goes on, unlogged.
      LOG.warn("{}: output is lost: {}", thread.getName(), e.toString());
      drain(buffer);
    }
  }

  private void finishPartially() {
    try {
      lines.interrupt();
    } catch (IOException e) {
      LOG.warn("{}: the last output is lost: {}", thread.getName(), e.toString());
    }
  }

  private void drain(ByteBuffer buffer) {
    try (in) {
      do {
        buffer.clear();
      } while (in.read(buffer) >= 0);
    } catch (IOException e) {
      // already closed: the container ended
    }
  }

  /// Stops reading and leaves the rest to the next process.
  void leave() throws IOException, InterruptedException {
    in.close();
    thread.join(LEAVE_LIMIT);
  }

  /// Waits until everything written before the end is in the log. Gives up after `limit`: a process
  /// that the container left behind may hold the pipe for ever.
  void awaitEnd(Duration limit) throws InterruptedException {
    thread.join(limit);
  }
}
