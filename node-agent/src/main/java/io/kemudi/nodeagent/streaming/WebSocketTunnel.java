package io.kemudi.nodeagent.streaming;

import io.kemudi.http.RawStream;
import io.kemudi.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/// A byte stream in the binary messages of a WebSocket: how newer clients carry SPDY.
final class WebSocketTunnel implements RawStream {
  private final WebSocket socket;
  private final InputStream in = new Input();
  private final OutputStream out = new Output();
  private volatile boolean closed;

  WebSocketTunnel(WebSocket socket) {
    this.socket = socket;
    socket.onClose(() -> closed = true);
  }

  private final class Input extends InputStream {
    private byte[] rest = new byte[0];
    private int at;
    private boolean over;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (at == rest.length) {
        if (over) {
          return -1;
        }
        switch (socket.receive()) {
          case WebSocket.Message.Binary(byte[] bytes) -> {
            rest = bytes;
            at = 0;
          }
          case WebSocket.Message.Text _ -> {}
          case WebSocket.Message.Closed _ -> over = true;
        }
      }
      int count = Math.min(length, rest.length - at);
      System.arraycopy(rest, at, into, offset, count);
      at += count;
      return count;
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      socket.sendBinary(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      socket.sendBinary(Arrays.copyOfRange(bytes, offset, offset + length));
    }
  }

  @Override
  public InputStream input() {
    return in;
  }

  @Override
  public OutputStream output() {
    return out;
  }

  @Override
  public void onClose(Runnable action) {
    socket.onClose(action);
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
  }
}
