package io.kemudi.nodeagent.streaming;

import io.kemudi.http.Headers;
import io.kemudi.http.RawStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// SPDY/3.1 over a connection, as far as Kubernetes' streaming uses it: streams with headers, data
/// both ways, half-close. No flow control windows: Go's implementation on the other side has none,
/// so what is not consumed holds back the whole connection, as it does there.
///
/// [#run] reads on the calling thread until the connection ends; everything else may be called from
/// any thread.
final class SpdySession implements AutoCloseable {
  private static final int MAX_STREAMS = 1000; // open at once; more are refused
  private static final int BUFFER_BYTES = 16 << 10;
  private static final int GOAWAY_OK = 0;

  /// What becomes of what the peer sends on one stream. Called by the reading thread; blocking
  /// holds the connection back.
  interface Receiver {
    void data(byte[] bytes) throws IOException, InterruptedException;

    /// The peer sends no more on this stream.
    void end() throws InterruptedException;
  }

  /// Decides about streams that the peer opens; null refuses one.
  @FunctionalInterface
  interface Acceptor {
    @Nullable Receiver opened(Stream stream, Headers headers) throws InterruptedException;
  }

  private final RawStream connection;
  private final Acceptor acceptor;
  private final AtomicInteger nextId;
  private final Map<Integer, Receiver> receivers = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final EmbeddedChannel encoder =
      new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
  private final EmbeddedChannel decoder =
      new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

  private SpdySession(RawStream connection, Acceptor acceptor, int firstId) {
    this.connection = connection;
    this.acceptor = acceptor;
    this.nextId = new AtomicInteger(firstId);
  }

  static SpdySession server(RawStream connection, Acceptor acceptor) {
    return new SpdySession(connection, acceptor, 2);
  }

  /// A client, to which nobody opens streams.
  static SpdySession client(RawStream connection) {
    return new SpdySession(connection, (_, _) -> null, 1);
  }

  /// One stream, for writing; what comes back goes to its [Receiver].
  final class Stream {
    private final int id;

    private Stream(int id) {
      this.id = id;
    }

    void send(byte[] bytes, int offset, int length) throws IOException {
      write(new DefaultSpdyDataFrame(id, Unpooled.copiedBuffer(bytes, offset, length)));
    }

    /// Sends no more on this stream.
    void end() throws IOException {
      var last = new DefaultSpdyDataFrame(id);
      last.setLast(true);
      write(last);
    }

    void reset() throws IOException {
      receivers.remove(id);
      write(new DefaultSpdyRstStreamFrame(id, 5)); // CANCEL
    }
  }

  Stream open(Headers headers, Receiver receiver) throws IOException {
    writing.lock();
    try {
      // Ids must appear on the wire in order, so they are given out under the lock.
      int id = nextId.getAndAdd(2);
      receivers.put(id, receiver);
      var frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
      headers.forEach(
          (name, value) -> frame.headers().add(name.toLowerCase(java.util.Locale.ROOT), value));
      write(frame);
      return new Stream(id);
    } finally {
      writing.unlock();
    }
  }

  /// Reads until the connection ends; then every receiver is told the end.
  void run() throws InterruptedException {
    try {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = connection.input().read(buffer); n >= 0; n = connection.input().read(buffer)) {
        decode(buffer, n);
        for (Object frame = decoder.readInbound(); frame != null; frame = decoder.readInbound()) {
          try {
            if (!handle(frame)) {
              return;
            }
          } finally {
            ReferenceCountUtil.release(frame);
          }
        }
      }
    } catch (IOException e) {
      // the connection is gone, or what came is no SPDY; that is told below
    } finally {
      close();
      for (Receiver receiver : receivers.values()) {
        receiver.end();
      }
      receivers.clear();
      decoder.finishAndReleaseAll();
    }
  }

  private void decode(byte[] bytes, int count) throws IOException {
    try {
      decoder.writeInbound(Unpooled.copiedBuffer(bytes, 0, count));
    } catch (Exception e) {
      // Whatever its handlers said: DecoderException, or the checked SpdyProtocolException, which
      // the channel throws without declaring it.
      throw new IOException("the peer broke the SPDY protocol: " + e.getMessage(), e);
    }
  }

  /// False when the peer wants no more.
  private boolean handle(Object frame) throws IOException, InterruptedException {
    switch (frame) {
      case SpdySynStreamFrame opened -> accept(opened);
      case SpdyDataFrame data -> data(data);
      case SpdySynReplyFrame reply -> {
        if (reply.isLast()) {
          ended(reply.streamId());
        }
      }
      case SpdyRstStreamFrame reset -> ended(reset.streamId());
      case SpdyPingFrame ping -> {
        // Ours are even for a server and odd for a client; we send none, so all are the peer's.
        write(new DefaultSpdyPingFrame(ping.id()));
      }
      case SpdyGoAwayFrame _ -> {
        return false;
      }
      default -> {} // settings, windows, headers: nothing that we act on
    }
    return true;
  }

  private void accept(SpdySynStreamFrame frame) throws IOException, InterruptedException {
    int id = frame.streamId();
    var headers = new Headers();
    frame.headers().forEach(e -> headers.add(e.getKey().toString(), e.getValue().toString()));
    var stream = new Stream(id);
    boolean refused =
        receivers.size() >= MAX_STREAMS || receivers.containsKey(id) || frame.isInvalid();
    Receiver receiver = refused ? null : acceptor.opened(stream, headers);
    if (receiver == null) {
      write(new DefaultSpdyRstStreamFrame(id, 3)); // REFUSED_STREAM
      return;
    }
    receivers.put(id, receiver);
    var reply = new DefaultSpdySynReplyFrame(id);
    // Without any header Netty leaves the header block out, and Go's reader ends the connection.
    reply.headers().add(":status", "200");
    write(reply);
    if (frame.isLast()) {
      ended(id);
    }
  }

  private void data(SpdyDataFrame frame) throws IOException, InterruptedException {
    Receiver receiver = receivers.get(frame.streamId());
    if (receiver == null) {
      return; // a stream that we have reset; the peer may not know yet
    }
    if (frame.content().isReadable()) {
      byte[] bytes = new byte[frame.content().readableBytes()];
      frame.content().readBytes(bytes);
      receiver.data(bytes);
    }
    if (frame.isLast()) {
      ended(frame.streamId());
    }
  }

  private void ended(int id) throws InterruptedException {
    Receiver receiver = receivers.remove(id);
    if (receiver != null) {
      receiver.end();
    }
  }

  private void write(Object frame) throws IOException {
    writing.lock();
    try {
      encoder.writeOutbound(frame);
      for (ByteBuf bytes = encoder.readOutbound(); bytes != null; bytes = encoder.readOutbound()) {
        try {
          bytes.readBytes(connection.output(), bytes.readableBytes());
        } finally {
          bytes.release();
        }
      }
      connection.output().flush();
    } finally {
      writing.unlock();
    }
  }

  /// Says that no more streams are taken, and closes the connection.
  @Override
  public void close() {
    if (!connection.closed()) {
      try {
        write(new DefaultSpdyGoAwayFrame(0, GOAWAY_OK));
      } catch (IOException e) {
        // gone already
      }
      connection.close();
    }
  }
}
