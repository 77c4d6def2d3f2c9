package io.kemudi.simulation.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;

/// One keep-alive HTTP/1.1 connection over TLS, written for little CPU of its own: the load
/// generator shares the machine with what it measures. One thread at a time.
final class LoadConnection implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;

  private final SSLSocket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String fixedHeaders;
  private final byte[] skip = new byte[64 * 1024];

  /// What came back. `body` is null when only its size was wanted.
  record Response(int status, long bytes, byte @org.jspecify.annotations.Nullable [] body) {}

  LoadConnection(ApiEndpoint endpoint) throws IOException {
    socket = (SSLSocket) endpoint.tls().getSocketFactory().createSocket();
    socket.connect(new java.net.InetSocketAddress(endpoint.host(), endpoint.port()), TIMEOUT_MS);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    socket.startHandshake();
    in = new BufferedInputStream(socket.getInputStream(), 32 * 1024);
    out = socket.getOutputStream();
    var headers = new StringBuilder("Host: " + endpoint.host() + "\r\n");
    endpoint.headers().forEach(h -> headers.append(h).append("\r\n"));
    headers.append("User-Agent: kemudi-bench\r\n");
    fixedHeaders = headers.toString();
  }

  /// Sends a request and reads the whole answer. `contentType` is "" without a body.
  Response call(String method, String path, String contentType, byte[] body, boolean keepBody)
      throws IOException {
    send(method, path, "application/json", contentType, body);
    return read(keepBody);
  }

  /// Sends a request whose answer is read by [#read] or [#openStream].
  void send(String method, String path, String accept, String contentType, byte[] body)
      throws IOException {
    var head =
        new StringBuilder(256)
            .append(method)
            .append(' ')
            .append(path)
            .append(" HTTP/1.1\r\n")
            .append(fixedHeaders)
            .append("Accept: ")
            .append(accept)
            .append("\r\n");
    if (!contentType.isEmpty()) {
      head.append("Content-Type: ").append(contentType).append("\r\n");
    }
    if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[bytes.length + body.length];
    System.arraycopy(bytes, 0, message, 0, bytes.length);
    System.arraycopy(body, 0, message, bytes.length, body.length);
    out.write(message);
    out.flush();
  }

  Response read(boolean keepBody) throws IOException {
    int status = status(line());
    long length = -1;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(header.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      }
    }
    var kept = keepBody ? new java.io.ByteArrayOutputStream() : null;
    long bytes = 0;
    if (chunked) {
      for (long chunk = chunkSize(); chunk > 0; chunk = chunkSize()) {
        consume(chunk, kept);
        line();
        bytes += chunk;
      }
      line();
    } else if (length > 0) {
      consume(length, kept);
      bytes = length;
    }
    return new Response(status, bytes, kept == null ? null : kept.toByteArray());
  }

  /// Reads the head of a streamed answer; its chunks are then read by [#nextChunk].
  int openStream() throws IOException {
    int status = status(line());
    while (!line().isEmpty()) {
      // headers of a stream tell nothing that is needed
    }
    return status;
  }

  /// The next chunk of a streamed answer; empty at its end.
  byte[] nextChunk() throws IOException {
    long size = chunkSize();
    byte[] chunk = in.readNBytes((int) size);
    line();
    return chunk;
  }

  private static int status(String line) throws IOException {
    if (line.length() < 12) {
      throw new IOException("not an HTTP answer: " + line);
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private long chunkSize() throws IOException {
    String line = line();
    int semicolon = line.indexOf(';');
    return Long.parseLong((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
  }

  private void consume(
      long length, java.io.@org.jspecify.annotations.Nullable ByteArrayOutputStream kept)
      throws IOException {
    long left = length;
    while (left > 0) {
      int read = in.read(skip, 0, (int) Math.min(skip.length, left));
      if (read < 0) {
        throw new EOFException("the server closed the connection in the middle of an answer");
      }
      if (kept != null) {
        kept.write(skip, 0, read);
      }
      left -= read;
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
