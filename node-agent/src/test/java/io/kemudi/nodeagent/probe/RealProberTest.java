package io.kemudi.nodeagent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.http.Headers;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ProbeHandler;
import io.kemudi.nodeagent.runtime.HollowRuntime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RealProberTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private final RealProber prober = new RealProber(new HollowRuntime(InstantSource.system()));
  private HttpServer server;
  private Container container;

  @BeforeEach
  void start() throws Exception {
    server =
        new HttpServer(
            HttpServerConfig.plain(
                "probed", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            exchange -> {
              switch (exchange.path()) {
                case "/ok" -> exchange.respond(200, new Headers(), new byte[0]);
                case "/moved" ->
                    exchange.respond(302, Headers.of("Location", "/broken"), new byte[0]);
                case "/away" ->
                    exchange.respond(
                        302, Headers.of("Location", "http://192.0.2.9/x"), new byte[0]);
                case "/host" ->
                    exchange.respond(
                        "probe.example".equals(exchange.headers().first("host")) ? 204 : 400,
                        new Headers(),
                        new byte[0]);
                default -> exchange.respond(503, new Headers(), new byte[0]);
              }
            });
    server.start();
    container =
        Container.newBuilder()
            .setName("app")
            .addPorts(
                io.kemudi.kubernetes.core.v1.ContainerPort.newBuilder()
                    .setName("web")
                    .setContainerPort(server.port()))
            .build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ProbeResult ask(ProbeHandler.Builder handler) {
    return prober.probe(new ProbeTarget("id", container, "127.0.0.1"), handler.build(), LIMIT);
  }

  private ProbeHandler.Builder http(String path) {
    var handler = ProbeHandler.newBuilder();
    handler.getHttpGetBuilder().setPath(path).getPortBuilder().setType(1).setStrVal("web");
    return handler;
  }

  @Test
  void takesAnythingFrom200To399ForHealthAndFollowsItsOwnRedirects() {
    assertThat(ask(http("/ok")).verdict()).isEqualTo(ProbeResult.Verdict.SUCCESS);
    assertThat(ask(http("/broken")))
        .isEqualTo(ProbeResult.failure("HTTP probe failed with statuscode: 503"));
    assertThat(ask(http("/moved")))
        .isEqualTo(ProbeResult.failure("HTTP probe failed with statuscode: 503"));
    assertThat(ask(http("/away")).verdict()).isEqualTo(ProbeResult.Verdict.SUCCESS);
  }

  @Test
  void sendsTheHostHeaderThatIsAskedFor() {
    var handler = http("/host");
    handler.getHttpGetBuilder().addHttpHeadersBuilder().setName("Host").setValue("probe.example");

    assertThat(ask(handler).verdict()).isEqualTo(ProbeResult.Verdict.SUCCESS);
  }

  @Test
  void connectsToPorts() {
    var open = ProbeHandler.newBuilder();
    open.getTcpSocketBuilder().getPortBuilder().setType(0).setIntVal(server.port());
    assertThat(ask(open).verdict()).isEqualTo(ProbeResult.Verdict.SUCCESS);

    var unknown = ProbeHandler.newBuilder();
    unknown.getTcpSocketBuilder().getPortBuilder().setType(1).setStrVal("nobody");
    assertThat(ask(unknown).output()).contains("couldn't find port");
  }

  @Test
  void saysThatAServerSpeaksNoGrpcHealth() {
    var handler = ProbeHandler.newBuilder();
    handler.getGrpcBuilder().setPort(server.port());

    assertThat(ask(handler).verdict()).isEqualTo(ProbeResult.Verdict.FAILURE);
  }
}
