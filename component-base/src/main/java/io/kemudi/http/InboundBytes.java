package io.kemudi.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bytes on their way from the event loop to one blocking reader. Asks for more only while little
/// is held, so that an unread body costs one window of memory and the client feels the
/// back-pressure.
final class InboundBytes extends InputStream {
  /// Semi-arbitrary: two TLS records more than one read brings.
  private static final int LOW_WATER_BYTES = 64 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Runnable demand;

  // guarded by lock
  private final Deque<ByteBuf> buffers = new ArrayDeque<>();
  private int heldBytes;
  private boolean ended;
  private boolean discarding;
  private @Nullable IOException failure;

  /// `demand` asks the channel for one more read; it may be called from any thread.
  InboundBytes(Runnable demand) {
    this.demand = demand;
  }

  /// Takes the buffer over.
  void offer(ByteBuf bytes) {
    lock.lock();
    try {
      if (ended || discarding || failure != null || !bytes.isReadable()) {
        bytes.release();
        return;
      }
      buffers.add(bytes);
      heldBytes += bytes.readableBytes();
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Makes the reader throw, after it has read what already arrived.
  void fail(IOException why) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = why;
        arrived.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nobody will read any more: frees what is held and what still comes.
  void discard() {
    lock.lock();
    try {
      discarding = true;
      while (!buffers.isEmpty()) {
        buffers.remove().release();
      }
      heldBytes = 0;
      if (failure == null) {
        failure = new IOException("the stream is closed");
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the event loop should read on without being asked.
  boolean wantsMore() {
    lock.lock();
    try {
      return !ended && failure == null && heldBytes < LOW_WATER_BYTES;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      if (!awaitBytes()) {
        return -1;
      }
      int copied = 0;
      while (copied < length && !buffers.isEmpty()) {
        ByteBuf head = buffers.element();
        int step = Math.min(length - copied, head.readableBytes());
        head.readBytes(into, offset + copied, step);
        copied += step;
        if (!head.isReadable()) {
          buffers.remove().release();
        }
      }
      heldBytes -= copied;
      if (!ended && heldBytes < LOW_WATER_BYTES) {
        demand.run();
      }
      return copied;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return heldBytes;
    } finally {
      lock.unlock();
    }
  }

  /// False at the end of the stream. Called with the lock held.
  private boolean awaitBytes() throws IOException {
    while (buffers.isEmpty()) {
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      if (ended) {
        return false;
      }
      demand.run();
      try {
        arrived.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the client", e);
      }
    }
    return true;
  }
}
