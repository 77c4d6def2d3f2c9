package io.kemudi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// WebSocket messages (RFC 6455) over a byte stream, either side. One thread receives; any thread
/// sends. Fragments are joined, pings answered, unmasked or malformed frames refused.
public final class WebSocket implements AutoCloseable {
  private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  /// What arrives.
  public sealed interface Message {
    record Text(String text) implements Message {}

    record Binary(byte[] bytes) implements Message {}

    /// The peer is done; nothing follows. Code 1005 when it gave none, 1006 when the connection
    /// broke.
    record Closed(int code, String reason) implements Message {}
  }

  private enum Side {
    SERVER,
    CLIENT
  }

  private final RawStream stream;
  private final InputStream in;
  private final OutputStream out;
  private final Side side;
  private final int maxMessageBytes;
  private final @Nullable String protocol;
  private final ReentrantLock sending = new ReentrantLock();
  private boolean closeSent; // guarded by sending

  private WebSocket(RawStream stream, Side side, int maxMessageBytes, @Nullable String protocol) {
    this.stream = stream;
    this.in = stream.input();
    this.out = stream.output();
    this.side = side;
    this.maxMessageBytes = maxMessageBytes;
    this.protocol = protocol;
  }

  /// Whether a request asks for a WebSocket.
  public static boolean isRequested(HttpExchange exchange) {
    Headers headers = exchange.headers();
    return headers.hasToken("connection", "upgrade") && headers.hasToken("upgrade", "websocket");
  }

  /// The subprotocols that the client offers, in its order.
  public static List<String> offeredProtocols(HttpExchange exchange) {
    return exchange.headers().list("sec-websocket-protocol");
  }

  /// Answers the handshake. `protocol` is the one chosen of those offered, or null for none.
  ///
  /// @throws IOException when the request is no WebSocket handshake of version 13
  public static WebSocket accept(
      HttpExchange exchange, @Nullable String protocol, int maxMessageBytes) throws IOException {
    String key = exchange.headers().first("sec-websocket-key");
    if (!isRequested(exchange)
        || key == null
        || !"13".equals(exchange.headers().first("sec-websocket-version"))) {
      throw new IOException("not a WebSocket handshake of version 13");
    }
    Headers answer =
        Headers.of(
            "Upgrade", "websocket",
            "Connection", "Upgrade",
            "Sec-WebSocket-Accept", acceptKey(key));
    if (protocol != null) {
      answer.add("Sec-WebSocket-Protocol", protocol);
    }
    return new WebSocket(exchange.upgrade(answer), Side.SERVER, maxMessageBytes, protocol);
  }

  /// The server's side of a connection whose handshake was answered elsewhere.
  public static WebSocket server(RawStream stream, int maxMessageBytes) {
    return new WebSocket(stream, Side.SERVER, maxMessageBytes, null);
  }

  /// Makes the handshake as a client, offering the protocols.
  ///
  /// @throws HttpConnection.RefusedException with the server's answer when it was not 101
  public static WebSocket connect(
      HttpConnection connection,
      String target,
      Headers headers,
      List<String> protocols,
      int maxMessageBytes)
      throws IOException {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    Headers all =
        Headers.of(
                "Connection", "Upgrade",
                "Upgrade", "websocket",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", key)
            .addAll(headers);
    if (!protocols.isEmpty()) {
      all.add("Sec-WebSocket-Protocol", String.join(", ", protocols));
    }
    connection.send("GET", target, all);
    HttpConnection.ResponseHead head = connection.receiveHead();
    RawStream stream = connection.upgraded(head);
    if (!acceptKey(key).equals(head.headers().first("sec-websocket-accept"))) {
      stream.close();
      throw new IOException("the server's Sec-WebSocket-Accept does not answer our key");
    }
    return new WebSocket(
        stream, Side.CLIENT, maxMessageBytes, head.headers().first("sec-websocket-protocol"));
  }

  /// The subprotocol agreed on, or null.
  public @Nullable String protocol() {
    return protocol;
  }

  /// The next message; blocks. After [Message.Closed] the connection is closed.
  public Message receive() throws IOException {
    java.io.ByteArrayOutputStream joined = new java.io.ByteArrayOutputStream(0);
    int kind = 0;
    while (true) {
      Frame frame;
      try {
        frame = readFrame(maxMessageBytes - joined.size());
      } catch (EOFException e) {
        close();
        return new Message.Closed(1006, "");
      }
      switch (frame.opcode) {
        case PING -> send(PONG, frame.payload, 0, frame.payload.length);
        case PONG -> {}
        case CLOSE -> {
          return closedBy(frame.payload);
        }
        case CONTINUATION, TEXT, BINARY -> {
          if ((frame.opcode == CONTINUATION) == (kind == 0)) {
            throw broken("a fragment out of order");
          }
          kind = kind == 0 ? frame.opcode : kind;
          if (frame.last && joined.size() == 0) {
            return message(kind, frame.payload);
          }
          joined.writeBytes(frame.payload);
          if (frame.last) {
            return message(kind, joined.toByteArray());
          }
        }
        default -> throw broken("opcode " + frame.opcode);
      }
    }
  }

  public void sendText(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    send(TEXT, bytes, 0, bytes.length);
  }

  public void sendBinary(byte[] bytes) throws IOException {
    send(BINARY, bytes, 0, bytes.length);
  }

  /// One binary message of a channel byte and a payload, as Kubernetes' streaming protocols have
  /// it.
  public void sendChannel(int channel, byte[] bytes, int offset, int length) throws IOException {
    byte[] message = new byte[length + 1];
    message[0] = (byte) channel;
    System.arraycopy(bytes, offset, message, 1, length);
    send(BINARY, message, 0, message.length);
  }

  public void sendPing() throws IOException {
    send(PING, new byte[0], 0, 0);
  }

  /// Tells the peer that nothing follows; it answers with its own close, which [#receive] returns.
  public void sendClose(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, 123); // a control frame has at most 125 bytes
    byte[] payload =
        ByteBuffer.allocate(2 + length).putShort((short) code).put(text, 0, length).array();
    sending.lock();
    try {
      if (!closeSent) {
        send(CLOSE, payload, 0, payload.length);
        closeSent = true;
      }
    } finally {
      sending.unlock();
    }
  }

  public void onClose(Runnable action) {
    stream.onClose(action);
  }

  /// Closes the connection, with a close frame if none was sent. Never throws.
  @Override
  public void close() {
    try {
      sendClose(1000, "");
    } catch (IOException e) {
      // the connection is gone already
    }
    stream.close();
  }

  private Message closedBy(byte[] payload) {
    int code = payload.length >= 2 ? ByteBuffer.wrap(payload).getShort() & 0xffff : 1005;
    String reason =
        payload.length > 2
            ? new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)
            : "";
    close();
    return new Message.Closed(code, reason);
  }

  private static Message message(int kind, byte[] payload) {
    return kind == TEXT
        ? new Message.Text(new String(payload, StandardCharsets.UTF_8))
        : new Message.Binary(payload);
  }

  private record Frame(boolean last, int opcode, byte[] payload) {}

  private Frame readFrame(int roomBytes) throws IOException {
    int first = readByte();
    int second = readByte();
    int opcode = first & 0x0f;
    if ((first & 0x70) != 0) {
      throw broken("an extension that was not agreed on");
    }
    boolean masked = (second & 0x80) != 0;
    if (masked != (side == Side.SERVER)) {
      throw broken(masked ? "a masked frame from a server" : "an unmasked frame from a client");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = ByteBuffer.wrap(readFully(2)).getShort() & 0xffff;
    } else if (length == 127) {
      length = ByteBuffer.wrap(readFully(8)).getLong();
    }
    if (opcode >= CLOSE && (length > 125 || (first & 0x80) == 0)) {
      throw broken("a long or fragmented control frame");
    }
    if (length < 0 || (opcode < CLOSE && length > roomBytes)) {
      sendClose(1009, "message too large");
      throw broken("a message of more than " + maxMessageBytes + " bytes");
    }
    byte[] mask = masked ? readFully(4) : new byte[4];
    byte[] payload = readFully((int) length);
    if (masked) {
      mask(payload, mask);
    }
    return new Frame((first & 0x80) != 0, opcode, payload);
  }

  private void send(int opcode, byte[] bytes, int offset, int length) throws IOException {
    byte[] head = new byte[14];
    int at = 0;
    head[at++] = (byte) (0x80 | opcode);
    int maskBit = side == Side.CLIENT ? 0x80 : 0;
    if (length < 126) {
      head[at++] = (byte) (maskBit | length);
    } else if (length < 65536) {
      head[at++] = (byte) (maskBit | 126);
      head[at++] = (byte) (length >> 8);
      head[at++] = (byte) length;
    } else {
      head[at++] = (byte) (maskBit | 127);
      at += 4; // lengths of 4 GiB and more do not occur
      head[at++] = (byte) (length >> 24);
      head[at++] = (byte) (length >> 16);
      head[at++] = (byte) (length >> 8);
      head[at++] = (byte) length;
    }
    byte[] payload = bytes;
    int start = offset;
    if (side == Side.CLIENT) {
      byte[] mask = new byte[4];
      RANDOM.nextBytes(mask);
      System.arraycopy(mask, 0, head, at, 4);
      at += 4;
      payload = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
      start = 0;
      mask(payload, mask);
    }
    sending.lock();
    try {
      if (closeSent) {
        throw new IOException("the WebSocket is closed");
      }
      out.write(head, 0, at);
      out.write(payload, start, length);
      out.flush();
    } finally {
      sending.unlock();
    }
  }

  private static void mask(byte[] payload, byte[] mask) {
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
  }

  private int readByte() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException("the connection ended");
    }
    return value;
  }

  private byte[] readFully(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended inside a frame");
    }
    return bytes;
  }

  private IOException broken(String what) {
    stream.close();
    return new IOException("WebSocket protocol error: " + what);
  }

  private static String acceptKey(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
