package io.kemudi.nodeagent.probe;

import io.kemudi.kubernetes.core.v1.HTTPGetAction;
import io.kemudi.kubernetes.core.v1.HTTPHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// One HTTP GET on a connection of its own. Certificates are not checked: a probe asks whether a
/// container answers, and containers sign their own.
final class HttpProbe {
  private static final int MAX_BYTES = 10 << 10; // of the answer; upstream's bound
  private static final int MAX_REDIRECTS = 10;

  private HttpProbe() {}

  static ProbeResult get(HTTPGetAction action, ProbeTarget target, Duration limit) {
    String scheme = action.getScheme().toLowerCase(Locale.ROOT);
    String host = action.getHost().isEmpty() ? target.podIp() : action.getHost();
    try {
      int port = Ports.resolve(action.getPort(), target.container());
      String path = action.getPath().startsWith("/") ? action.getPath() : "/" + action.getPath();
      var place = new Place(scheme.equals("https"), host, port, path);
      return follow(action, place, System.nanoTime() + limit.toNanos());
    } catch (SocketTimeoutException e) {
      return ProbeResult.failure(
          "Get \"%s://%s:%s%s\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
              .formatted(scheme.isEmpty() ? "http" : scheme, host, text(action), action.getPath()));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return ProbeResult.failure(
          "Get \"%s://%s:%s%s\": %s"
              .formatted(
                  scheme.isEmpty() ? "http" : scheme,
                  host,
                  text(action),
                  action.getPath(),
                  e.getMessage()));
    }
  }

  private static String text(HTTPGetAction action) {
    return action.getPort().getType() == 0
        ? Integer.toString(action.getPort().getIntVal())
        : action.getPort().getStrVal();
  }

  private record Place(boolean tls, String host, int port, String path) {
    Place resolve(String location) {
      URI there =
          URI.create((tls ? "https" : "http") + "://" + host + ":" + port + path).resolve(location);
      boolean secure = "https".equals(there.getScheme());
      String query = there.getRawQuery() == null ? "" : "?" + there.getRawQuery();
      String rawPath = there.getRawPath().isEmpty() ? "/" : there.getRawPath();
      int at = there.getPort() >= 0 ? there.getPort() : secure ? 443 : 80;
      return new Place(secure, there.getHost(), at, rawPath + query);
    }
  }

  private static ProbeResult follow(HTTPGetAction action, Place first, long deadlineNs)
      throws IOException, GeneralSecurityException {
    Place place = first;
    for (int i = 0; i < MAX_REDIRECTS; i++) {
      Answer answer = ask(action, place, deadlineNs);
      if (answer.code() < 300 || answer.code() >= 400 || answer.location().isEmpty()) {
        boolean success = answer.code() >= 200 && answer.code() < 400;
        return success
            ? ProbeResult.SUCCESS
            : ProbeResult.failure("HTTP probe failed with statuscode: " + answer.code());
      }
      Place next = place.resolve(answer.location());
      if (!next.host().equals(first.host())) {
        // Whoever else is meant is not asked: a pod must not choose whom the node talks to.
        return ProbeResult.SUCCESS;
      }
      place = next;
    }
    return ProbeResult.failure("stopped after " + MAX_REDIRECTS + " redirects");
  }

  private record Answer(int code, String location) {}

  private static Answer ask(HTTPGetAction action, Place place, long deadlineNs)
      throws IOException, GeneralSecurityException {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(place.host(), place.port()), remainingMs(deadlineNs));
      plain.setSoTimeout(remainingMs(deadlineNs));
      Socket socket =
          place.tls()
              ? trustingContext()
                  .getSocketFactory()
                  .createSocket(plain, place.host(), place.port(), true)
              : plain;
      socket.getOutputStream().write(request(action, place).getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return read(socket, deadlineNs);
    }
  }

  private static int remainingMs(long deadlineNs) throws SocketTimeoutException {
    long ms = (deadlineNs - System.nanoTime()) / 1_000_000;
    if (ms <= 0) {
      throw new SocketTimeoutException("the probe's time is over");
    }
    return (int) Math.min(ms, Integer.MAX_VALUE);
  }

  private static String request(HTTPGetAction action, Place place) {
    var head = new StringBuilder("GET " + place.path() + " HTTP/1.1\r\n");
    String host = place.host() + ":" + place.port();
    boolean agent = false;
    boolean accept = false;
    var rest = new StringBuilder();
    for (HTTPHeader header : action.getHttpHeadersList()) {
      if (header.getName().equalsIgnoreCase("host")) {
        host = header.getValue();
        continue;
      }
      agent |= header.getName().equalsIgnoreCase("user-agent");
      accept |= header.getName().equalsIgnoreCase("accept");
      rest.append(header.getName()).append(": ").append(header.getValue()).append("\r\n");
    }
    head.append("Host: ").append(host).append("\r\n").append(rest);
    if (!agent) {
      head.append("User-Agent: kube-probe/1.36\r\n");
    }
    if (!accept) {
      head.append("Accept: */*\r\n");
    }
    return head.append("Connection: close\r\n\r\n").toString();
  }

  /// Reads up to the end of the head; the body decides nothing.
  private static Answer read(Socket socket, long deadlineNs) throws IOException {
    InputStream in = socket.getInputStream();
    var head = new ByteArrayOutputStream();
    var buffer = new byte[1024];
    while (head.size() < MAX_BYTES && !endsHead(head.toString(StandardCharsets.ISO_8859_1))) {
      socket.setSoTimeout(remainingMs(deadlineNs));
      int n = in.read(buffer);
      if (n < 0) {
        break;
      }
      head.write(buffer, 0, n);
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r?\n", -1);
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/")) {
      throw new IOException("malformed HTTP response \"" + lines[0] + "\"");
    }
    String location = "";
    for (String line : lines) {
      if (line.regionMatches(true, 0, "location:", 0, 9)) {
        location = line.substring(9).strip();
      }
    }
    try {
      return new Answer(Integer.parseInt(status[1]), location);
    } catch (NumberFormatException e) {
      throw new IOException("malformed HTTP status code \"" + status[1] + "\"", e);
    }
  }

  private static boolean endsHead(String text) {
    return text.contains("\r\n\r\n") || text.contains("\n\n");
  }

  private static SSLContext trustingContext() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new X509ExtendedTrustManager[] {new TrustAll()}, null);
    return context;
  }

  /// Takes any certificate, of whatever name.
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
