package io.kemudi.apiserver.admission.webhook;

import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.HttpConnection.ResponseHead;
import io.kemudi.http.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

/// Webhooks over HTTPS. A connection per call; sessions are resumed, so that a second call costs no
/// second key exchange. Redirects are not followed: they could lead anywhere (CVE-2020-8561).
final class HttpsTransport implements WebhookTransport {
  /// A patch is not larger than the object, which is 1.5 MiB at most.
  private static final int MAX_ANSWER_BYTES = 8 << 20;

  private static final Duration DIAL = Duration.ofSeconds(30);
  private static final int MAX_CONTEXTS = 100;

  /// By the authorities' bytes; the oldest is dropped.
  private final Map<String, SSLContext> contexts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SSLContext> eldest) {
          return size() > MAX_CONTEXTS;
        }
      };

  @Override
  public byte[] post(Destination to, byte[] body) throws IOException {
    try (HttpConnection connection =
        HttpConnection.dialTls(to.address(), tls(to.authorities()), to.host(), DIAL)) {
      Headers headers =
          Headers.of(
              "Host",
              to.host() + ":" + to.address().getPort(),
              "User-Agent",
              "kube-apiserver-admission",
              "Accept",
              "application/json, */*",
              "Content-Type",
              "application/json",
              "Accept-Encoding",
              "gzip",
              "Content-Length",
              Integer.toString(body.length));
      headers.add("Connection", "close");
      connection.send("POST", to.target(), headers);
      connection.requestBody().write(body);
      connection.requestBody().flush();
      ResponseHead head = connection.receiveHead();
      check(head);
      try (InputStream in = decoded(head, connection.responseBody(head, "POST"))) {
        byte[] answer = in.readNBytes(MAX_ANSWER_BYTES + 1);
        if (answer.length > MAX_ANSWER_BYTES) {
          throw new IOException("the answer is larger than " + MAX_ANSWER_BYTES + " bytes");
        }
        return answer;
      }
    } catch (IOException e) {
      throw new IOException(told(e, to.address()), e);
    }
  }

  private static InputStream decoded(ResponseHead head, InputStream in) throws IOException {
    return head.headers().hasToken("content-encoding", "gzip") ? new GZIPInputStream(in) : in;
  }

  /// An answer that is not one of success has no review.
  static final class RefusedException extends IOException {
    RefusedException(String message) {
      super(message);
    }
  }

  private static void check(ResponseHead head) throws IOException {
    int status = head.status();
    if (status >= 500) {
      throw new RefusedException(
          "an error on the server (\"unknown\") has prevented the request from succeeding");
    }
    if (status >= 300 && status < 400) {
      throw new RefusedException(
          "it answered with a redirect (" + status + "), which is not followed");
    }
    if (status >= 400) {
      throw new RefusedException("the server rejected our request with status " + status);
    }
  }

  /// What operators look for, in the words that they know.
  private static String told(IOException failure, InetSocketAddress address) throws IOException {
    if (failure instanceof RefusedException) {
      throw failure;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof ConnectException && text.contains("refused")) {
        return "dial tcp "
            + address.getAddress().getHostAddress()
            + ":"
            + address.getPort()
            + ": connect: connection refused";
      }
      if (text.contains("unable to find valid certification path")) {
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
      }
    }
    return String.valueOf(failure.getMessage());
  }

  private SSLContext tls(byte[] authorities) throws IOException {
    if (authorities.length == 0) {
      try {
        return SSLContext.getDefault();
      } catch (NoSuchAlgorithmException e) {
        throw new IOException("this system trusts no authorities", e);
      }
    }
    String pem = new String(authorities, StandardCharsets.ISO_8859_1);
    synchronized (contexts) {
      SSLContext known = contexts.get(pem);
      if (known == null) {
        known = HttpConnection.clientTls(Pem.certificates(pem), null);
        contexts.put(pem, known);
      }
      return known;
    }
  }
}
