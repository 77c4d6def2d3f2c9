package io.kemudi.http;

import io.kemudi.fuzz.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a stranger may send on a connection that was upgraded, and in a file of keys.
@Timeout(60)
class WebSocketFuzzTest {
  private static final int MAX_MESSAGE = 1 << 16;

  /// A text, a fragmented binary, a ping, a close: masked with zeros, as a client sends them.
  private static final List<byte[]> FRAMES =
      List.of(
          bytes(0x81, 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o', 0x89, 0x81, 0, 0, 0, 0, 'p'),
          bytes(0x02, 0x82, 1, 2, 3, 4, 0, 1, 0x80, 0x82, 5, 6, 7, 8, 2, 3, 0x88, 0x80, 0, 0, 0, 0),
          bytes(0x82, 0xfe, 0, 4, 0, 0, 0, 0, 1, 2, 3, 4, 0x88, 0x82, 0, 0, 0, 0, 3, 0xe8),
          bytes(0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2));

  @Test
  void frames() {
    new Fuzz(WebSocketFuzzTest.class, "frames", IOException.class)
        .run(
            FRAMES,
            8000,
            input -> {
              try (WebSocket socket = WebSocket.server(new Bytes(input), MAX_MESSAGE)) {
                while (!(socket.receive() instanceof WebSocket.Message.Closed)) {}
              }
            });
  }

  @Test
  void pemFiles() throws Exception {
    TestAuthority authority = new TestAuthority("fuzz");
    TlsMaterial issued = authority.issue("CN=a");
    List<byte[]> files =
        List.of(
            text(Pem.write(authority.certificate) + Pem.write(issued.chain().getFirst())),
            text(Pem.write(issued.key())));
    new Fuzz(
            WebSocketFuzzTest.class,
            "pem",
            GeneralSecurityException.class,
            IOException.class,
            IllegalArgumentException.class)
        .run(
            files,
            1500,
            input -> {
              String pem = new String(input, StandardCharsets.UTF_8);
              Pem.certificates(pem);
              Pem.privateKey(pem);
            });
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /// A connection whose peer has sent all it will.
  private record Bytes(InputStream input, OutputStream output) implements RawStream {
    Bytes(byte[] input) {
      this(new ByteArrayInputStream(input), OutputStream.nullOutputStream());
    }

    @Override
    public void onClose(Runnable action) {}

    @Override
    public boolean closed() {
      return false;
    }

    @Override
    public void close() {}
  }
}
