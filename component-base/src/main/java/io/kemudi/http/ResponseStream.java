package io.kemudi.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Executor;

/// The body of a streamed answer. Writes are collected until a chunk is full or [#flush]. [#close]
/// ends the answer.
///
/// Blocking use: [#write] and [#flush] wait while the client reads slower than the server writes
/// and throw when it is gone or stuck beyond the server's write timeout. Event-driven use (many
/// idle answers, no thread each): [#offer] never waits; stop offering while [#writable] is false
/// and go on when the [#onWritable] action runs. Not both on one stream at a time.
public abstract class ResponseStream extends OutputStream {
  /// Queues the bytes and flushes, without waiting. The array belongs to the stream from now on and
  /// may be shared with others, but must not be changed. Does nothing when the client is gone.
  public abstract void offer(byte[] bytes);

  /// Whether less than the high-water mark is queued.
  public abstract boolean writable();

  /// The action to run, on the event loop, each time the stream becomes writable again.
  public abstract void onWritable(Runnable action);

  /// The connection's event loop; what runs there must not block. Once the server has stopped,
  /// nothing runs there any more, and what comes is dropped: whoever wakes an answer need not know.
  public abstract Executor executor();

  /// Breaks the answer off, so that the client does not take it for whole.
  public abstract void abort();

  @Override
  public abstract void close() throws IOException;
}
