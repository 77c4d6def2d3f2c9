package io.kemudi.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bytes on their way from one writer to a channel, as HTTP content or raw. The channel's own water
/// marks bound what is queued.
final class ChannelOutput extends ResponseStream {
  private static final int CHUNK_BYTES = 16 * 1024; // one TLS record

  /// How bytes are wrapped for the codec below.
  enum Form {
    HTTP,
    /// The answer to HEAD: counted as sent, never written.
    HEAD,
    RAW
  }

  private final Channel channel;
  private final Form form;
  private final Duration writeTimeout;
  private final Runnable ended;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // owned by the writer
  private byte @Nullable [] chunk;
  private int chunkBytes;
  private boolean closed;

  private volatile boolean gone;
  private volatile @Nullable Runnable onWritable;

  /// `ended` runs once, on the event loop, when the last byte was handed to the socket.
  ChannelOutput(Channel channel, Form form, Duration writeTimeout, Runnable ended) {
    this.channel = channel;
    this.form = form;
    this.writeTimeout = writeTimeout;
    this.ended = ended;
  }

  /// Called on the event loop when writability changed or the channel is gone.
  void changed(boolean channelGone) {
    gone |= channelGone;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Runnable action = onWritable;
    if (action != null && !gone && channel.isWritable()) {
      action.run();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    int at = offset;
    int left = length;
    while (left > 0) {
      if (chunk == null) {
        chunk = new byte[CHUNK_BYTES];
      }
      int step = Math.min(left, CHUNK_BYTES - chunkBytes);
      System.arraycopy(bytes, at, chunk, chunkBytes, step);
      chunkBytes += step;
      at += step;
      left -= step;
      if (chunkBytes == CHUNK_BYTES) {
        send(false);
        awaitWritable();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    requireOpen();
    send(true);
    awaitWritable();
  }

  @Override
  public void offer(byte[] bytes) {
    if (!gone && !closed && form != Form.HEAD) {
      channel.writeAndFlush(wrap(Unpooled.wrappedBuffer(bytes)), channel.voidPromise());
    }
  }

  @Override
  public boolean writable() {
    return !gone && channel.isWritable();
  }

  @Override
  public void onWritable(Runnable action) {
    onWritable = action;
  }

  @Override
  public Executor executor() {
    return task -> {
      try {
        channel.eventLoop().execute(task);
      } catch (RejectedExecutionException stopped) {
        // Nobody is connected any more: there is nothing left that the task could be for.
      }
    };
  }

  @Override
  public void abort() {
    if (!closed) {
      closed = true;
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (gone) {
      return;
    }
    send(false);
    if (form == Form.RAW) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
    } else {
      channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(_ -> ended.run());
    }
  }

  private void send(boolean flush) {
    if (chunk != null && chunkBytes > 0 && form != Form.HEAD) {
      channel.write(wrap(Unpooled.wrappedBuffer(chunk, 0, chunkBytes)), channel.voidPromise());
      chunk = null; // the channel holds the array until it is sent
    }
    chunkBytes = 0;
    if (flush || form != Form.HEAD) {
      channel.flush();
    }
  }

  private Object wrap(ByteBuf bytes) {
    return form == Form.RAW ? bytes : new DefaultHttpContent(bytes);
  }

  private void requireOpen() throws IOException {
    if (gone) {
      throw new IOException("the client closed the connection");
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }

  private void awaitWritable() throws IOException {
    if (channel.isWritable()) {
      return;
    }
    long leftNs = writeTimeout.toNanos();
    lock.lock();
    try {
      while (!gone && !channel.isWritable()) {
        if (leftNs <= 0) {
          channel.close();
          throw new IOException("the client read nothing for " + writeTimeout.toSeconds() + " s");
        }
        // a short wait guards against a change between the test and the wait
        long stepNs = Math.min(leftNs, TimeUnit.SECONDS.toNanos(1));
        leftNs -= stepNs - Math.max(0, changed.awaitNanos(stepNs));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the client to read", e);
    } finally {
      lock.unlock();
    }
    requireOpen();
  }
}
