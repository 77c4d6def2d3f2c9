package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchReply;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WatchEvent;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.cluster.v1.WatchStart;
import io.kemudi.cluster.v1.WriteRequest;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.TlsMaterial;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A transaction gives several events one revision. A client whose connection is cut when it has
/// seen only some of them can only say that revision, and has to be given all of them again.
@Timeout(60)
class WatchResumeTest {
  private static final String MAPS = "/api/v1/namespaces/cut/configmaps";

  private RunningApiServer api;
  private ClusterServer grpc;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    api = new RunningApiServer();
    assertThat(api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"cut\"}}").statusCode())
        .isEqualTo(201);
    TlsMaterial serving = api.authority.issue("CN=kube-apiserver");
    var tls =
        GrpcSslContexts.configure(SslContextBuilder.forServer(serving.key(), serving.chain()))
            .trustManager(api.authority.certificate)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    var service =
        new ClusterService(api.server.registry(), api.server.authorizer(), Auditor.NONE, "v1.36.2");
    grpc = ClusterServer.onPort(new InetSocketAddress("127.0.0.1", 0), tls, service);
    grpc.start();
    channel = connect();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    grpc.close();
    api.close();
  }

  @Test
  void anHttpWatchCutBetweenTwoEventsOfOneRevisionLosesNothing() throws Exception {
    long before = current();
    Seen first;
    try (HttpWatch watch = new HttpWatch(before)) {
      transaction("x", "y");
      first = watch.next();
      watch.cut();
    }
    assertThat(first.name()).isIn("x", "y");
    transaction("later");

    try (HttpWatch resumed = new HttpWatch(first.revision())) {
      List<Seen> both = List.of(resumed.next(), resumed.next());
      assertThat(both).extracting(Seen::name).containsExactlyInAnyOrder("x", "y");
      assertThat(both).extracting(Seen::revision).containsOnly(first.revision());
      assertThat(resumed.next().name()).isEqualTo("later");
    }
  }

  @Test
  void aRevisionWithOneEventIsNotRepeated() throws Exception {
    transaction("alone");
    long alone = current();
    try (HttpWatch resumed = new HttpWatch(alone)) {
      transaction("next");
      assertThat(resumed.next().name()).isEqualTo("next");
    }
  }

  @Test
  void aGrpcWatchGetsARevisionInOneFrameAndAgainAfterACut() throws Exception {
    BlockingQueue<WatchReply> replies = new LinkedBlockingQueue<>();
    watch(channel, current(), replies);
    transaction("x", "y");

    WatchReply frame = withEvents(replies);
    assertThat(frame.getEventsList()).extracting(WatchResumeTest::name).containsExactly("x", "y");
    long revision = frame.getEvents(0).getRevision();
    // The client came as far as the first event of the frame, and no further.
    channel.shutdownNow();
    assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    channel = connect();
    BlockingQueue<WatchReply> resumed = new LinkedBlockingQueue<>();
    watch(channel, revision, resumed);

    WatchReply again = withEvents(resumed);
    assertThat(again.getEventsList()).extracting(WatchResumeTest::name).containsExactly("x", "y");
    assertThat(again.getEventsList()).extracting(WatchEvent::getRevision).containsOnly(revision);
  }

  private ManagedChannel connect() throws Exception {
    TlsMaterial admin = api.authority.issue("O=system:masters,CN=test");
    return NettyChannelBuilder.forAddress("127.0.0.1", grpc.port())
        .sslContext(
            GrpcSslContexts.forClient()
                .trustManager(api.authority.certificate)
                .keyManager(admin.key(), admin.chain())
                .build())
        .build();
  }

  /// Creates all of them in one revision.
  private void transaction(String... names) {
    var batch = BatchRequest.newBuilder();
    for (String name : names) {
      var map = ConfigMap.newBuilder().setMetadata(ObjectMeta.newBuilder().setName(name)).build();
      batch.addOperations(
          BatchOperation.newBuilder()
              .setCreate(
                  WriteRequest.newBuilder()
                      .setTarget(target())
                      .setObject(map.toByteString())
                      .build()));
    }
    BatchReply reply = ClusterGrpc.newBlockingStub(channel).transact(batch.build());
    assertThat(reply.getResultsList()).hasSize(names.length);
  }

  private long current() throws Exception {
    Object list = Json.parse(api.get(MAPS).body().getBytes(StandardCharsets.UTF_8));
    return Long.parseLong(String.valueOf(Trees.at(list, "metadata", "resourceVersion")));
  }

  private static void watch(ManagedChannel channel, long after, BlockingQueue<WatchReply> replies) {
    var requests = ClusterGrpc.newStub(channel).watch(into(replies));
    requests.onNext(
        WatchRequest.newBuilder()
            .setStart(
                WatchStart.newBuilder().setWatch(1).setTarget(target()).setAfterRevision(after))
            .build());
  }

  private static WatchReply withEvents(BlockingQueue<WatchReply> replies) throws Exception {
    while (true) {
      WatchReply reply = replies.poll(20, TimeUnit.SECONDS);
      assertThat(reply).isNotNull();
      if (reply.getEventsList().stream().anyMatch(e -> e.getType() == WatchEvent.Type.ADDED)) {
        return reply;
      }
    }
  }

  private static String name(WatchEvent event) {
    try {
      return ConfigMap.parseFrom(event.getObject()).getMetadata().getName();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ResourceName target() {
    return ResourceName.newBuilder()
        .setVersion("v1")
        .setResource("configmaps")
        .setNamespace("cut")
        .build();
  }

  private static StreamObserver<WatchReply> into(BlockingQueue<WatchReply> replies) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchReply reply) {
        replies.add(reply);
      }

      @Override
      public void onError(Throwable gone) {}

      @Override
      public void onCompleted() {}
    };
  }

  private record Seen(String name, long revision) {}

  /// A watch over HTTP/1.1 on a connection of its own, which can be cut as a network does.
  private final class HttpWatch implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    HttpWatch(long after) throws IOException {
      socket =
          HttpConnection.clientTls(List.of(api.authority.certificate), null)
              .getSocketFactory()
              .createSocket("127.0.0.1", api.server.port());
      socket.setSoTimeout(20_000);
      String head =
          "GET %s?watch=1&resourceVersion=%d HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(MAPS, after, RunningApiServer.ADMIN_TOKEN);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }

    /// Headers and the lengths of chunks lie between the events.
    Seen next() throws IOException {
      while (true) {
        String line = lines.readLine();
        assertThat(line).as("the watch goes on").isNotNull();
        if (line.startsWith("{")) {
          Object event = Json.parse(line.getBytes(StandardCharsets.UTF_8));
          return new Seen(
              String.valueOf(Trees.at(event, "object", "metadata", "name")),
              Long.parseLong(
                  String.valueOf(Trees.at(event, "object", "metadata", "resourceVersion"))));
        }
      }
    }

    /// Without a farewell: what was not read is lost.
    void cut() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
