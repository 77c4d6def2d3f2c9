package io.kemudi.nodeagent.streaming;

import io.kemudi.http.WebSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Channels as binary WebSocket messages that begin with the channel's number. From version 5 on
/// the message 255, N ends channel N; version 4 cannot say that.
final class WebSocketLink implements ChannelLink {
  static final String V5 = "v5.channel.k8s.io";
  static final String V4 = "v4.channel.k8s.io";
  static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final int CLOSE = 255;

  private final WebSocket socket;
  private final boolean canEnd;

  WebSocketLink(WebSocket socket) {
    this.socket = socket;
    canEnd = V5.equals(socket.protocol());
  }

  @Override
  public @Nullable Piece receive() throws IOException {
    while (true) {
      switch (socket.receive()) {
        case WebSocket.Message.Binary(byte[] message) -> {
          if (message.length >= 2 && (message[0] & 0xff) == CLOSE && canEnd) {
            return new Piece(message[1], null);
          }
          // Empty messages on channels open the session in some clients; they carry nothing.
          if (message.length > 1 && message[0] >= 0 && message[0] < CHANNELS) {
            return new Piece(message[0], java.util.Arrays.copyOfRange(message, 1, message.length));
          }
        }
        case WebSocket.Message.Text _ -> {}
        case WebSocket.Message.Closed _ -> {
          return null;
        }
      }
    }
  }

  @Override
  public void send(int channel, byte[] bytes) throws IOException {
    socket.sendChannel(channel, bytes, 0, bytes.length);
  }

  @Override
  public void end(int channel) throws IOException {
    if (canEnd && channel == STDIN) {
      socket.sendBinary(new byte[] {(byte) CLOSE, (byte) channel});
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
