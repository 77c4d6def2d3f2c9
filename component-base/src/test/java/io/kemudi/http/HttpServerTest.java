package io.kemudi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class HttpServerTest {
  private static TestAuthority authority;
  private static TlsMaterial serverMaterial;

  @SuppressWarnings("NullAway.Init") // each test starts its own
  private HttpServer server;

  @BeforeAll
  static void makeCertificates() throws Exception {
    authority = new TestAuthority("test-ca");
    serverMaterial = authority.issue("CN=server");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void answersOverBothVersions(HttpClient.Version version) throws Exception {
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          byte[] body = exchange.readBody(1 << 20);
          String text =
              exchange.method()
                  + " "
                  + exchange.path()
                  + " "
                  + exchange.query()
                  + " "
                  + exchange.protocol()
                  + " "
                  + body.length;
          exchange.respond(
              201, Headers.of("X-Test", "a", "X-Test", "b"), text.getBytes(StandardCharsets.UTF_8));
        });
    try (HttpClient client = client(version, null)) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response =
            client.send(
                to("/a%2Fb/c?x=1&y=%20")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[300_000]))
                    .build(),
                BodyHandlers.ofString());
        String protocol = version == HttpClient.Version.HTTP_2 ? "HTTP/2.0" : "HTTP/1.1";
        assertThat(response.body()).isEqualTo("POST /a%2Fb/c x=1&y=%20 " + protocol + " 300000");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().allValues("x-test")).containsExactly("a", "b");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void streamsMoreThanTheClientsWindow(HttpClient.Version version) throws Exception {
    byte[] block = new byte[100_000];
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          ResponseStream out = exchange.respondStreaming(200, new Headers());
          for (int i = 0; i < 100; i++) {
            out.write(block);
          }
        });
    try (HttpClient client = client(version, null)) {
      var response = client.send(to("/").build(), BodyHandlers.ofByteArray());
      assertThat(response.body()).hasSize(10_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void refusesABodyOverTheLimitAndServesOn(HttpClient.Version version) throws Exception {
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          try {
            exchange.readBody(1000);
            exchange.respond(200, new Headers(), new byte[0]);
          } catch (BodyTooLargeException e) {
            exchange.respond(
                413,
                new Headers(),
                String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
          }
        });
    try (HttpClient client = client(version, null)) {
      var request =
          to("/").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5_000_000])).build();
      assertThat(client.send(request, BodyHandlers.ofString()).body())
          .isEqualTo("the body is larger than 1000 bytes");
      var small = to("/").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1000])).build();
      assertThat(client.send(small, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void showsTheClientsCertificateUnchecked() throws Exception {
    serveTls(
        ClientCertificates.REQUESTED,
        exchange ->
            exchange.respond(
                200,
                new Headers(),
                exchange.peerCertificates().toString().getBytes(StandardCharsets.UTF_8)));
    TlsMaterial stranger = new TestAuthority("stranger").issue("CN=eve,O=system:masters");
    try (HttpClient with = client(HttpClient.Version.HTTP_2, stranger);
        HttpClient without = client(HttpClient.Version.HTTP_2, null)) {
      assertThat(without.send(to("/").build(), BodyHandlers.ofString()).body()).isEqualTo("[]");
      // JDK clients send a certificate only for an issuer that was named
      assertThat(with.send(to("/").build(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    try (HttpClient known = client(HttpClient.Version.HTTP_2, authority.issue("CN=ada,O=ops"))) {
      assertThat(known.send(to("/").build(), BodyHandlers.ofString()).body()).contains("ada");
    }
  }

  @Test
  void requiresACertificateWhenToldTo() throws Exception {
    serveTls(
        ClientCertificates.REQUIRED,
        exchange -> exchange.respond(200, new Headers(), new byte[] {'k'}));
    try (HttpClient without = client(HttpClient.Version.HTTP_1_1, null);
        HttpClient with = client(HttpClient.Version.HTTP_1_1, authority.issue("CN=ada"))) {
      assertThat(with.send(to("/").build(), BodyHandlers.ofString()).body()).isEqualTo("k");
      assertThatThrownBy(() -> without.send(to("/").build(), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void usesANewCertificateForNewConnections() throws Exception {
    serveTls(
        ClientCertificates.NONE, exchange -> exchange.respond(200, new Headers(), new byte[0]));
    TestAuthority other = new TestAuthority("other");
    server.reload(other.issue("CN=server"));
    try (HttpClient client = client(HttpClient.Version.HTTP_2, null)) {
      assertThatThrownBy(() -> client.send(to("/").build(), BodyHandlers.ofString()))
          .isInstanceOf(SSLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void noticesThatTheClientLeft(HttpClient.Version version) throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          exchange.detach();
          exchange.onClose(gone::countDown);
          exchange.respondStreaming(200, new Headers()).offer(new byte[] {1});
        });
    HttpClient client = client(version, null);
    var response = client.send(to("/").build(), BodyHandlers.ofInputStream());
    assertThat(response.body().read()).isEqualTo(1);
    response.body().close();
    client.shutdownNow();
    assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void failsAWriterWhoseClientDoesNotRead() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch failed = new CountDownLatch(1);
    var limits = HttpServerConfig.Limits.DEFAULT;
    var impatient =
        new HttpServerConfig.Limits(
            limits.headerBytes(), 10, 10, limits.idle(), Duration.ofMillis(300), limits.drain());
    servePlain(
        impatient,
        exchange -> {
          ResponseStream out = exchange.respondStreaming(200, new Headers());
          try {
            while (true) {
              out.write(new byte[65536]);
            }
          } catch (IOException e) {
            thrown.set(e);
            failed.countDown();
            throw e;
          }
        });
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(thrown.get()).hasMessageContaining("client");
    }
  }

  @Test
  void dropsWhatIsToRunForAnAnswerOnceTheServerHasStopped() throws Exception {
    var streamed = new CompletableFuture<ResponseStream>();
    var stopped = new CountDownLatch(1);
    servePlain(
        HttpServerConfig.Limits.DEFAULT.withDrain(Duration.ZERO),
        exchange -> {
          streamed.complete(exchange.respondStreaming(200, new Headers()));
          stopped.await();
        });
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
      ResponseStream out = streamed.get(10, TimeUnit.SECONDS);
      server.close();
      var ran = new AtomicBoolean();
      out.executor().execute(() -> ran.set(true));
      assertThat(ran).isFalse();
    } finally {
      stopped.countDown();
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    servePlain(
        HttpServerConfig.Limits.DEFAULT,
        exchange ->
            exchange.respond(200, new Headers(), exchange.path().getBytes(StandardCharsets.UTF_8)));
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      String three =
          "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
              + "GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(three.getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(all).containsSubsequence("/1", "HTTP/1.1 200", "/2", "HTTP/1.1 200", "/3");
    }
  }

  @Test
  void refusesAHeadThatIsTooLong() throws Exception {
    servePlain(
        HttpServerConfig.Limits.DEFAULT,
        exchange -> exchange.respond(200, new Headers(), new byte[0]));
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
              .header("X-Long", "x".repeat(200_000))
              .build();
      assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(431);
    }
  }

  @Test
  void turnsAThrowIntoA500AndGoesOn() throws Exception {
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          throw new IllegalStateException("on purpose");
        });
    try (HttpClient client = client(HttpClient.Version.HTTP_2, null)) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.send(to("/").build(), BodyHandlers.ofString()).statusCode())
            .isEqualTo(500);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void finishesRunningRequestsWhenItCloses(HttpClient.Version version) throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          exchange.onDrain(told::countDown);
          started.countDown();
          told.await();
          exchange.respond(200, new Headers(), "done".getBytes(StandardCharsets.UTF_8));
        });
    try (HttpClient client = client(version, null)) {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(to("/").build(), BodyHandlers.ofString());
      started.await();
      server.close();
      assertThat(answer.get(5, TimeUnit.SECONDS).body()).isEqualTo("done");
    }
  }

  @Test
  void saysWhichAddressIsTaken() throws Exception {
    servePlain(HttpServerConfig.Limits.DEFAULT, _ -> {});
    var taken = new InetSocketAddress("127.0.0.1", server.port());
    try (var second = new HttpServer(HttpServerConfig.plain("second", taken), _ -> {})) {
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("second cannot listen on /127.0.0.1:" + taken.getPort());
    }
  }

  @Test
  void handsTheBytesOverAfterAnUpgrade() throws Exception {
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          RawStream stream = exchange.upgrade(Headers.of("Upgrade", "echo"));
          Thread.ofVirtual()
              .start(() -> {
                try (stream) {
                  stream.input().transferTo(stream.output());
                  stream.output().flush();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
        });
    try (HttpConnection connection = dial(null)) {
      connection.send("POST", "/exec", Headers.of("Connection", "Upgrade", "Upgrade", "echo"));
      RawStream stream = connection.upgraded(connection.receiveHead());
      byte[] sent = "hello".repeat(20_000).getBytes(StandardCharsets.UTF_8);
      stream.output().write(sent);
      stream.output().flush();
      assertThat(stream.input().readNBytes(50_000))
          .isEqualTo(java.util.Arrays.copyOf(sent, 50_000));
    }
  }

  @Test
  void speaksWebSocketOnBothSides() throws Exception {
    LinkedBlockingQueue<WebSocket.Message> received = new LinkedBlockingQueue<>();
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          String chosen = WebSocket.offeredProtocols(exchange).getLast();
          try (WebSocket socket = WebSocket.accept(exchange, chosen, 1 << 20)) {
            while (true) {
              WebSocket.Message message = socket.receive();
              received.add(message);
              switch (message) {
                case WebSocket.Message.Text(String text) -> socket.sendText(text);
                case WebSocket.Message.Binary(byte[] bytes) ->
                    socket.sendChannel(2, bytes, 0, bytes.length);
                case WebSocket.Message.Closed _ -> {
                  return;
                }
              }
            }
          }
        });
    try (HttpConnection connection = dial(null)) {
      WebSocket socket =
          WebSocket.connect(connection, "/", new Headers(), List.of("v4", "v5"), 1 << 20);
      assertThat(socket.protocol()).isEqualTo("v5");
      socket.sendText("Zażółć");
      socket.sendPing();
      assertThat(socket.receive()).isEqualTo(new WebSocket.Message.Text("Zażółć"));
      socket.sendBinary(new byte[100_000]);
      assertThat(((WebSocket.Message.Binary) socket.receive()).bytes())
          .hasSize(100_001)
          .startsWith(2);
      socket.sendClose(1000, "bye");
      assertThat(socket.receive()).isInstanceOf(WebSocket.Message.Closed.class);
      received.take();
      received.take();
      assertThat(received.take()).isEqualTo(new WebSocket.Message.Closed(1000, "bye"));
    }
  }

  @Test
  void cutsAWebSocketMessageOverTheLimit() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          try (WebSocket socket = WebSocket.accept(exchange, null, 100)) {
            socket.receive();
          } catch (IOException e) {
            thrown.complete(e);
          }
        });
    try (HttpConnection connection = dial(null)) {
      WebSocket socket = WebSocket.connect(connection, "/", new Headers(), List.of(), 100);
      socket.sendBinary(new byte[101]);
      assertThat(thrown.get(10, TimeUnit.SECONDS)).hasMessageContaining("more than 100 bytes");
    }
  }

  @Test
  void readsChunkedAndPlainBodiesAsAClient() throws Exception {
    serveTls(
        ClientCertificates.NONE,
        exchange -> {
          if (exchange.path().equals("/plain")) {
            exchange.respond(200, new Headers(), "plain".getBytes(StandardCharsets.UTF_8));
          } else {
            exchange.respondStreaming(404, new Headers()).write(new byte[70_000]);
          }
        });
    try (HttpConnection plain = dial(null);
        HttpConnection chunked = dial(null)) {
      plain.send("GET", "/plain", new Headers());
      var head = plain.receiveHead();
      assertThat(plain.responseBody(head, "GET").readAllBytes()).hasSize(5);
      chunked.send("GET", "/chunked", new Headers());
      var other = chunked.receiveHead();
      assertThat(other.status()).isEqualTo(404);
      assertThatThrownBy(() -> chunked.upgraded(other))
          .isInstanceOf(HttpConnection.RefusedException.class);
      assertThat(chunked.responseBody(other, "GET").readAllBytes()).hasSize(70_000);
    }
  }

  private void serveTls(ClientCertificates clients, HttpHandler handler) throws IOException {
    server =
        new HttpServer(
            HttpServerConfig.tls(
                "test",
                new InetSocketAddress("127.0.0.1", 0),
                serverMaterial,
                clients,
                List.of(authority.certificate)),
            handler);
    server.start();
  }

  private void servePlain(HttpServerConfig.Limits limits, HttpHandler handler) throws IOException {
    server =
        new HttpServer(
            HttpServerConfig.plain("test", new InetSocketAddress("127.0.0.1", 0)).with(limits),
            handler);
    server.start();
  }

  private HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + target))
        .timeout(Duration.ofSeconds(10));
  }

  private HttpConnection dial(@Nullable TlsMaterial certificate) throws IOException {
    return HttpConnection.dialTls(
        new InetSocketAddress("127.0.0.1", server.port()),
        clientTls(certificate),
        null,
        Duration.ofSeconds(5));
  }

  private static HttpClient client(HttpClient.Version version, @Nullable TlsMaterial certificate) {
    return HttpClient.newBuilder().version(version).sslContext(clientTls(certificate)).build();
  }

  private static SSLContext clientTls(@Nullable TlsMaterial certificate) {
    return HttpConnection.clientTls(List.of(authority.certificate), certificate);
  }
}
