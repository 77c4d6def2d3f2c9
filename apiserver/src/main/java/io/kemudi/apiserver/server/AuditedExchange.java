package io.kemudi.apiserver.server;

import io.kemudi.apiserver.audit.AuditRecord;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.RawStream;
import io.kemudi.http.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/// An exchange whose answer is noted in the audit: how it begins, and when it is over. What goes on
/// after its handler (a watch, an upgraded connection) is over when the connection says so.
final class AuditedExchange implements HttpExchange {
  private static final int SWITCHING_PROTOCOLS = 101;

  private final HttpExchange exchange;
  private final AuditRecord record;
  private volatile int code;
  private volatile boolean goesOn;

  AuditedExchange(HttpExchange exchange, AuditRecord record) {
    this.exchange = exchange;
    this.record = record;
  }

  AuditRecord record() {
    return record;
  }

  /// The handler has returned.
  void handled() {
    if (goesOn) {
      exchange.onClose(() -> record.complete(code));
    } else {
      record.complete(code);
    }
  }

  @Override
  public void respond(int status, Headers headers, byte[] body) throws IOException {
    code = status;
    if (record.wantsResponse()
        && headers.first("content-type", "").startsWith("application/json")
        && !headers.has("content-encoding")) {
      record.answeredWith(body);
    }
    exchange.respond(status, headers, body);
  }

  @Override
  public ResponseStream respondStreaming(int status, Headers headers) throws IOException {
    code = status;
    record.started(status);
    return exchange.respondStreaming(status, headers);
  }

  @Override
  public RawStream upgrade(Headers headers) throws IOException {
    code = SWITCHING_PROTOCOLS;
    record.started(SWITCHING_PROTOCOLS);
    goesOn = true;
    return exchange.upgrade(headers);
  }

  @Override
  public void detach() {
    goesOn = true;
    exchange.detach();
  }

  // ---- as they are ----

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public String query() {
    return exchange.query();
  }

  @Override
  public Headers headers() {
    return exchange.headers();
  }

  @Override
  public String protocol() {
    return exchange.protocol();
  }

  @Override
  public boolean secure() {
    return exchange.secure();
  }

  @Override
  public List<X509Certificate> peerCertificates() {
    return exchange.peerCertificates();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return exchange.remoteAddress();
  }

  @Override
  public InputStream body() {
    return exchange.body();
  }

  @Override
  public byte[] readBody(int limitBytes) throws IOException {
    return exchange.readBody(limitBytes);
  }

  @Override
  public void onClose(Runnable action) {
    exchange.onClose(action);
  }

  @Override
  public void onDrain(Runnable action) {
    exchange.onDrain(action);
  }

  @Override
  public boolean closed() {
    return exchange.closed();
  }
}
