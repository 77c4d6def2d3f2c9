package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.http.ClientCertificates;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.http.Pem;
import io.kemudi.http.TlsMaterial;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The webhook server of the recording: remembers what it is asked and answers by path, see
/// [WebhookReplies]. It listens on the loopback address, so a server elsewhere cannot reach it.
final class Webhooks implements AutoCloseable {
  /// Where the recorded one listened.
  static final String RECORDED_ADDRESS = "127.0.0.1:28443";

  private static final int MAX_BODY_BYTES = 4 << 20;
  private static final int MAX_CALLS = 1000;
  private static final List<String> RECORDED_HEADERS =
      List.of("User-Agent", "Accept", "Content-Type", "Accept-Encoding");

  private final TlsMaterial identity;
  private final HttpServer server;
  private final BlockingQueue<Map<String, ?>> calls = new LinkedBlockingQueue<>(MAX_CALLS);

  private Webhooks(TlsMaterial identity) throws IOException {
    this.identity = identity;
    server =
        new HttpServer(
            HttpServerConfig.tls(
                "replay-webhook",
                new InetSocketAddress("127.0.0.1", 0),
                identity,
                ClientCertificates.NONE,
                List.of()),
            this::handle);
  }

  static Webhooks start() throws IOException, GeneralSecurityException {
    var started = new Webhooks(TemporaryIdentity.make());
    started.server.start();
    return started;
  }

  /// What stands for recorded texts in this run.
  Map<String, String> constants() {
    String pem = Pem.write(identity.chain().getFirst());
    return Map.of(
        RECORDED_ADDRESS,
        "127.0.0.1:" + server.port(),
        "<caBundle>",
        Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
  }

  /// The calls since this was asked last, in their order.
  List<Map<String, ?>> take() {
    var taken = new ArrayList<Map<String, ?>>();
    calls.drainTo(taken);
    return taken;
  }

  private void handle(HttpExchange exchange) throws IOException, InterruptedException {
    Map<String, @Nullable Object> review;
    try {
      review = Json.parseObject(exchange.readBody(MAX_BODY_BYTES));
    } catch (CodecException e) {
      exchange.respond(
          400,
          io.kemudi.http.Headers.of("Content-Type", "text/plain"),
          String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
      return;
    }
    boolean conversion = "ConversionReview".equals(review.get("kind"));
    remember(exchange, conversion, review);
    WebhookReplies.Reply reply = WebhookReplies.to(exchange.path(), review);
    if (!reply.delay().isZero()) {
      Thread.sleep(reply.delay());
    }
    exchange.respond(
        reply.status(),
        io.kemudi.http.Headers.of("Content-Type", "application/json"),
        Json.write(reply.body()));
  }

  private void remember(HttpExchange exchange, boolean conversion, Map<String, ?> review) {
    var call = new LinkedHashMap<String, Object>();
    call.put("path", exchange.path() + (exchange.query().isEmpty() ? "" : "?" + exchange.query()));
    if (!conversion) {
      var headers = new LinkedHashMap<String, Object>();
      for (String name : RECORDED_HEADERS) {
        String value = exchange.headers().first(name);
        if (value != null) {
          headers.put(name, value);
        }
      }
      call.put("headers", headers);
    }
    call.put(conversion ? "conversionReview" : "admissionReview", review);
    calls.offer(call);
  }

  @Override
  public void close() {
    server.close();
  }
}
