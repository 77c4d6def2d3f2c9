package io.kemudi.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 request to one server, in blocking steps, for proxying: send a head, perhaps a
/// body, receive a head, then either the body or, after 101, the raw stream. Follows no redirect,
/// keeps no connection. Not thread safe, except [#close].
public final class HttpConnection implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String host;

  /// The first line and the fields of an answer.
  public record ResponseHead(int status, Headers headers) {}

  /// An upgrade was answered with something else than 101.
  public static final class RefusedException extends IOException {
    private final transient ResponseHead head;

    RefusedException(ResponseHead head) {
      super("the server answered the upgrade with " + head.status());
      this.head = head;
    }

    public ResponseHead head() {
      return head;
    }
  }

  private HttpConnection(Socket socket, String host) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
    this.host = host;
  }

  /// Connects in plain text.
  public static HttpConnection dial(InetSocketAddress to, Duration timeout) throws IOException {
    return new HttpConnection(connect(to, timeout), hostHeader(to));
  }

  /// Connects with TLS. `serverName` is what the server's certificate must be for; null takes the
  /// address.
  public static HttpConnection dialTls(
      InetSocketAddress to, SSLContext tls, @Nullable String serverName, Duration timeout)
      throws IOException {
    Socket plain = connect(to, timeout);
    try {
      String name = serverName == null ? to.getHostString() : serverName;
      SSLSocket secured =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, name, to.getPort(), true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.setSoTimeout((int) timeout.toMillis());
      secured.startHandshake();
      secured.setSoTimeout(0);
      return new HttpConnection(secured, hostHeader(to));
    } catch (IOException e) {
      plain.close();
      throw new IOException("TLS with " + to + ": " + e.getMessage(), e);
    }
  }

  /// A TLS client context: trusts these authorities only, and shows the certificate if one is
  /// given.
  public static SSLContext clientTls(
      List<X509Certificate> authorities, @Nullable TlsMaterial certificate) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("ca" + i, authorities.get(i));
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      if (certificate != null) {
        own.setKeyEntry(
            "client",
            certificate.key(),
            new char[0],
            certificate.chain().toArray(X509Certificate[]::new));
      }
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("unusable TLS material: " + e.getMessage(), e);
    }
  }

  /// Sends a request's head. A Host header is added when there is none.
  public void send(String method, String target, Headers headers) throws IOException {
    StringBuilder head = new StringBuilder(512);
    head.append(method).append(' ').append(checked(target)).append(" HTTP/1.1\r\n");
    if (!headers.has("host")) {
      head.append("Host: ").append(host).append("\r\n");
    }
    headers.forEach((name, value) ->
        head.append(checked(name)).append(": ").append(checked(value)).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// Where the request's body goes, framed as the sent headers announced; flush when done.
  public OutputStream requestBody() {
    return out;
  }

  /// Waits for the answer's head; interim answers (100) are passed over.
  public ResponseHead receiveHead() throws IOException {
    while (true) {
      ResponseHead head = readHead();
      if (head.status() >= 200 || head.status() == 101) {
        return head;
      }
    }
  }

  /// The body of the answer: by length, in chunks, or up to the end of the connection.
  public InputStream responseBody(ResponseHead head, String requestMethod) {
    if (requestMethod.equals("HEAD") || head.status() == 204 || head.status() == 304) {
      return InputStream.nullInputStream();
    }
    if (head.headers().hasToken("transfer-encoding", "chunked")) {
      return new ChunkedInput(in);
    }
    String length = head.headers().first("content-length");
    return length == null ? in : new FixedInput(in, Long.parseLong(length.strip()));
  }

  /// The raw stream after 101.
  ///
  /// @throws RefusedException when the head is another; the body can still be read then
  public RawStream upgraded(ResponseHead head) throws IOException {
    if (head.status() != 101) {
      throw new RefusedException(head);
    }
    return new SocketStream();
  }

  /// How long a read may wait from now on; zero for ever.
  public void readTimeout(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // closing is all that was wanted
    }
  }

  private ResponseHead readHead() throws IOException {
    List<String> lines = new ArrayList<>();
    int size = 0;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      size += line.length();
      if (size > MAX_HEAD_BYTES) {
        throw new IOException("the answer's head is larger than " + MAX_HEAD_BYTES + " bytes");
      }
      lines.add(line);
    }
    if (lines.isEmpty() || !lines.getFirst().matches("HTTP/1\\.[01] \\d{3}.*")) {
      throw new IOException("not an HTTP/1 answer: " + (lines.isEmpty() ? "" : lines.getFirst()));
    }
    Headers headers = new Headers();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("not a header field: " + line);
      }
      headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new ResponseHead(Integer.parseInt(lines.getFirst().substring(9, 12)), headers);
  }

  private String readLine() throws IOException {
    return readLine(in);
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() <= MAX_HEAD_BYTES) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the server closed the connection before it answered");
      }
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    throw new IOException("a line longer than " + MAX_HEAD_BYTES + " bytes");
  }

  private static Socket connect(InetSocketAddress to, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(to, (int) timeout.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot connect to " + to + ": " + e.getMessage(), e);
    }
  }

  private static String hostHeader(InetSocketAddress to) {
    String host = to.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + to.getPort();
  }

  /// A line break inside a value would begin another header.
  private static String checked(String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a line break in a header");
    }
    return value;
  }

  /// The socket as a raw stream.
  private final class SocketStream implements RawStream {
    private final List<Runnable> onClose = new ArrayList<>(1);
    private boolean over;

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
      synchronized (this) {
        if (!over) {
          onClose.add(action);
          return;
        }
      }
      action.run();
    }

    @Override
    public boolean closed() {
      return socket.isClosed();
    }

    @Override
    public void close() {
      HttpConnection.this.close();
      List<Runnable> actions;
      synchronized (this) {
        over = true;
        actions = List.copyOf(onClose);
        onClose.clear();
      }
      actions.forEach(Runnable::run);
    }
  }

  /// A body of known length.
  private static final class FixedInput extends InputStream {
    private final InputStream in;
    private long left;

    FixedInput(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("the body ended " + left + " bytes early");
      }
      left -= count;
      return count;
    }
  }

  /// A body in chunks (RFC 9112, 7.1); trailers are skipped.
  private static final class ChunkedInput extends InputStream {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean done;

    ChunkedInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (!done && left == 0) {
        nextChunk();
      }
      if (done) {
        return -1;
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("the body ended inside a chunk");
      }
      left -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      if (!first) {
        readLine(in); // the line break after the chunk's bytes
      }
      first = false;
      String size = readLine(in).split(";", 2)[0].strip();
      try {
        left = Long.parseLong(size, 16);
      } catch (NumberFormatException e) {
        throw new IOException("not a chunk size: " + size, e);
      }
      if (left == 0) {
        done = true;
        while (!readLine(in).isEmpty()) {
          // a trailer
        }
      }
    }
  }
}
