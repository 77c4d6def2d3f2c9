package io.kemudi.nodeagent.streaming;

import io.kemudi.http.Headers;
import io.kemudi.http.RawStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Channels as SPDY streams, told apart by the header `streamType`.
final class SpdyLink implements ChannelLink {
  static final String V4 = "v4.channel.k8s.io";
  private static final int QUEUE = 64; // pieces of at most 16 KiB
  private static final long OPEN_SECONDS = 30; // upstream's wait for the streams of a session
  private static final List<String> TYPES = List.of("stdin", "stdout", "stderr", "error", "resize");
  private static final Piece OVER = new Piece(-1, null);

  private final SpdySession session;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicReferenceArray<SpdySession.Stream> streams =
      new AtomicReferenceArray<>(CHANNELS);
  private final CountDownLatch opened;
  private volatile boolean closed;

  private SpdyLink(RawStream connection, boolean server, int expected) {
    opened = new CountDownLatch(expected);
    session =
        server ? SpdySession.server(connection, this::accept) : SpdySession.client(connection);
  }

  /// Waits until the client has opened the streams that it asked for in its URL.
  static SpdyLink accept(RawStream connection, StreamOptions options)
      throws IOException, InterruptedException {
    var link = new SpdyLink(connection, true, options.channels().size());
    link.start();
    if (!link.opened.await(OPEN_SECONDS, TimeUnit.SECONDS) || link.closed) {
      link.close();
      throw new IOException("timed out waiting for the client to create streams");
    }
    return link;
  }

  /// Opens the streams of a session at a runtime.
  static SpdyLink open(RawStream connection, StreamOptions options) throws IOException {
    var link = new SpdyLink(connection, false, 0);
    link.start();
    // The error stream first: runtimes wait for it before anything else.
    var order = new ArrayList<>(options.channels());
    order.sort((a, b) -> Boolean.compare(b == ERROR, a == ERROR));
    for (int channel : order) {
      Headers headers = Headers.of("streamType", TYPES.get(channel));
      link.streams.set(channel, link.session.open(headers, link.receiver(channel)));
    }
    return link;
  }

  private void start() {
    Thread.ofVirtual()
        .name("spdy")
        .start(() -> {
          try {
            session.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            over();
          }
        });
  }

  /// However the session ended, who waits for its streams or its pieces waits no longer.
  private void over() {
    try {
      put(OVER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      while (opened.getCount() > 0) {
        opened.countDown();
      }
    }
  }

  private SpdySession.@Nullable Receiver accept(SpdySession.Stream stream, Headers headers) {
    int channel = TYPES.indexOf(headers.first("streamType", ""));
    if (channel < 0 || !streams.compareAndSet(channel, null, stream)) {
      return null;
    }
    opened.countDown();
    return receiver(channel);
  }

  private SpdySession.Receiver receiver(int channel) {
    return new SpdySession.Receiver() {
      @Override
      public void data(byte[] bytes) throws InterruptedException {
        put(new Piece(channel, bytes));
      }

      @Override
      public void end() throws InterruptedException {
        put(new Piece(channel, null));
      }
    };
  }

  private void put(Piece piece) throws InterruptedException {
    // Once closed nobody takes pieces any more, and the reader must not wait for ever.
    while (!closed && !pieces.offer(piece, 100, TimeUnit.MILLISECONDS)) {}
  }

  @Override
  public @Nullable Piece receive() throws InterruptedException {
    Piece piece = pieces.take();
    return piece == OVER ? null : piece;
  }

  @Override
  public void send(int channel, byte[] bytes) throws IOException {
    SpdySession.Stream stream = streams.get(channel);
    if (stream != null) {
      stream.send(bytes, 0, bytes.length);
    }
  }

  @Override
  public void end(int channel) throws IOException {
    SpdySession.Stream stream = streams.get(channel);
    if (stream != null) {
      stream.end();
    }
  }

  @Override
  public void close() {
    closed = true;
    session.close();
    pieces.clear();
    pieces.offer(OVER);
  }
}
