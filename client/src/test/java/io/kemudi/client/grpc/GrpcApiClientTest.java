package io.kemudi.client.grpc;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.WatchEvent;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.cluster.v1.BatchReply;
import io.kemudi.cluster.v1.BatchResult;
import io.kemudi.cluster.v1.BindPodsRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.Failure;
import io.kemudi.cluster.v1.GetRequest;
import io.kemudi.cluster.v1.ListReply;
import io.kemudi.cluster.v1.ListRequest;
import io.kemudi.cluster.v1.ObjectReply;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Everything runs on the test's thread: the in-process transport with direct executors.
class GrpcApiClientTest {
  private final ManualTime time = new ManualTime();
  private final ScriptedCluster cluster = new ScriptedCluster();
  private final Server server = serve(cluster);
  private final GrpcApiClient client =
      new GrpcApiClient(
          InProcessChannelBuilder.forName("GrpcApiClientTest").directExecutor().build(), time);

  private static Server serve(ScriptedCluster cluster) {
    try {
      return InProcessServerBuilder.forName("GrpcApiClientTest")
          .directExecutor()
          .addService(cluster)
          .build()
          .start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  @Test
  void aRefusalCarriesTheServersStatus() {
    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> client.get(CONFIG_MAPS, "ns", "missing"));

    assertThat(refused.reason()).isEqualTo(StatusReason.NOT_FOUND);
    assertThat(refused.text()).isEqualTo("configmaps \"missing\" not found");
    assertThat(refused.code()).isEqualTo(404);
  }

  @Test
  void anUnreachableServerIsServiceUnavailable() {
    server.shutdownNow();

    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> client.get(CONFIG_MAPS, "ns", "a"));

    assertThat(refused.reason()).isEqualTo(StatusReason.SERVICE_UNAVAILABLE);
  }

  @Test
  void aListGathersAllPages() {
    var list = client.list(CONFIG_MAPS, ListOptions.ALL);

    assertThat(list.items())
        .extracting(map -> map.getMetadata().getName())
        .containsExactly("a", "b");
    assertThat(list.resourceVersion()).isEqualTo("7");
  }

  @Test
  void bindingsAreAnsweredInOrder() {
    var outcomes =
        client.bindPods(
            List.of(new Binding("ns", "good", "", "n1"), new Binding("ns", "bad", "", "n1")));

    assertThat(outcomes.getFirst())
        .isEqualTo(new Outcome.Done<>(new Binding("ns", "good", "", "n1")));
    assertThat(outcomes.getLast()).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void watchesShareOneStreamAndKeepTheirOwnOrder() {
    ApiWatch<ConfigMap> one = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    ApiWatch<ConfigMap> two = client.watch(CONFIG_MAPS, WatchOptions.ALL.after("5"));
    cluster.send(2, added("x", 6));
    cluster.send(1, added("y", 6));
    cluster.send(1, io.kemudi.cluster.v1.WatchEvent.Type.INITIAL_EVENTS_END, 6);

    assertThat(cluster.streams).isEqualTo(1);
    assertThat(names(one.poll())).containsExactly("+y", "end 6");
    assertThat(names(two.poll())).containsExactly("+x");
    assertThat(one.poll()).isEmpty();
  }

  @Test
  void anErrorEventFailsItsWatchOnlyAfterWhatCameBeforeIt() {
    ApiWatch<ConfigMap> one = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    ApiWatch<ConfigMap> two = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    cluster.send(1, added("x", 6));
    cluster.fail(1, 410, "Expired");

    assertThat(names(one.poll())).containsExactly("+x");
    ApiException gone = catchThrowableOfType(ApiException.class, one::poll);
    assertThat(gone.reason()).isEqualTo(StatusReason.EXPIRED);
    assertThat(two.poll()).isEmpty();
  }

  @Test
  void aBrokenStreamFailsItsWatchesAndTheNextWatchOpensAnother() {
    ApiWatch<ConfigMap> one = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    cluster.replies().onError(Status.UNAVAILABLE.asRuntimeException());

    ApiException lost = catchThrowableOfType(ApiException.class, one::poll);
    assertThat(lost.reason()).isEqualTo(StatusReason.SERVICE_UNAVAILABLE);
    client.watch(CONFIG_MAPS, WatchOptions.ALL);
    assertThat(cluster.streams).isEqualTo(2);
  }

  @Test
  void aStreamThatEndsInGoodOrderEndsItsWatches() {
    ApiWatch<ConfigMap> one = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    cluster.replies().onCompleted();

    assertThat(one.poll()).isNull();
  }

  @Test
  void repliesAreAskedForAsTheyArePolled() {
    ApiWatch<ConfigMap> one = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    int sent = 0;
    while (cluster.replies().isReady() && sent < 1000) {
      cluster.send(1, added("m" + sent++, 6));
    }
    assertThat(sent).isEqualTo(WatchStream.WINDOW);
    one.poll();
    assertThat(cluster.replies().isReady()).isTrue();
  }

  @Test
  void aWatchThatNobodyReadsIsCutOffAndTheOthersGoOn() {
    ApiWatch<ConfigMap> idle = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    ApiWatch<ConfigMap> read = client.watch(CONFIG_MAPS, WatchOptions.ALL);
    for (int i = 0; i <= WatchStream.WINDOW; i++) {
      cluster.send(1, added("m" + i, 6));
    }
    cluster.send(2, added("other", 6));
    assertThat(read.poll()).isEmpty();

    time.advance(WatchStream.STALL_LIMIT.plus(Duration.ofSeconds(1)));

    assertThat(names(read.poll())).containsExactly("+other");
    assertThat(cluster.stopped).containsExactly(1L);
    assertThat(catchThrowableOfType(ApiException.class, idle::poll).text()).contains("not read");
  }

  @Test
  void aClosedWatchIsStoppedAtTheServer() {
    client.watch(CONFIG_MAPS, WatchOptions.ALL).close();

    assertThat(cluster.stopped).containsExactly(1L);
  }

  private static io.kemudi.cluster.v1.WatchEvent added(String name, long revision) {
    return io.kemudi.cluster.v1.WatchEvent.newBuilder()
        .setType(io.kemudi.cluster.v1.WatchEvent.Type.ADDED)
        .setRevision(revision)
        .setObject(map(name))
        .build();
  }

  private static ByteString map(String name) {
    ConfigMap.Builder map = ConfigMap.newBuilder();
    map.getMetadataBuilder().setName(name);
    return map.build().toByteString();
  }

  private static List<String> names(@Nullable List<WatchEvent<ConfigMap>> events) {
    List<String> names = new ArrayList<>();
    for (WatchEvent<ConfigMap> event : events == null ? List.<WatchEvent<ConfigMap>>of() : events) {
      names.add(
          switch (event) {
            case WatchEvent.Added<ConfigMap>(ConfigMap map) -> "+" + map.getMetadata().getName();
            case WatchEvent.Modified<ConfigMap>(ConfigMap map) -> "~" + map.getMetadata().getName();
            case WatchEvent.Deleted<ConfigMap>(ConfigMap map) -> "-" + map.getMetadata().getName();
            case WatchEvent.Bookmark<ConfigMap>(String revision) -> "bookmark " + revision;
            case WatchEvent.InitialEventsEnd<ConfigMap>(String revision) -> "end " + revision;
          });
    }
    return names;
  }

  /// Answers from a script; watch replies are sent by the test.
  private static final class ScriptedCluster extends ClusterGrpc.ClusterImplBase {
    final List<Long> stopped = new ArrayList<>();
    int streams;
    private @Nullable ServerCallStreamObserver<WatchReply> replies;

    ServerCallStreamObserver<WatchReply> replies() {
      return java.util.Objects.requireNonNull(replies);
    }

    void send(long watch, io.kemudi.cluster.v1.WatchEvent event) {
      replies().onNext(WatchReply.newBuilder().setWatch(watch).addEvents(event).build());
    }

    void send(long watch, io.kemudi.cluster.v1.WatchEvent.Type type, long revision) {
      send(
          watch,
          io.kemudi.cluster.v1.WatchEvent.newBuilder().setType(type).setRevision(revision).build());
    }

    void fail(long watch, int code, String reason) {
      ByteString status =
          io.kemudi.kubernetes.meta.v1.Status.newBuilder()
              .setCode(code)
              .setReason(reason)
              .build()
              .toByteString();
      send(
          watch,
          io.kemudi.cluster.v1.WatchEvent.newBuilder()
              .setType(io.kemudi.cluster.v1.WatchEvent.Type.ERROR)
              .setObject(status)
              .build());
    }

    @Override
    public void get(GetRequest request, StreamObserver<ObjectReply> reply) {
      String name = request.getTarget().getName();
      var status =
          io.kemudi.kubernetes.meta.v1.Status.newBuilder()
              .setCode(404)
              .setReason("NotFound")
              .setMessage("configmaps \"" + name + "\" not found")
              .build();
      var trailers = new Metadata();
      trailers.put(GrpcErrors.STATUS, status.toByteArray());
      reply.onError(Status.NOT_FOUND.asRuntimeException(trailers));
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListReply> reply) {
      reply.onNext(
          ListReply.newBuilder().addItems(map("a")).setRevision(7).setContinue("more").build());
      reply.onNext(ListReply.newBuilder().addItems(map("b")).setRevision(7).build());
      reply.onCompleted();
    }

    @Override
    public void bindPods(BindPodsRequest request, StreamObserver<BatchReply> reply) {
      BatchReply.Builder results = BatchReply.newBuilder();
      request
          .getBindingsList()
          .forEach(binding ->
              results.addResults(
                  binding.getName().equals("good")
                      ? BatchResult.newBuilder().setObject(ObjectReply.getDefaultInstance())
                      : BatchResult.newBuilder().setFailure(Failure.getDefaultInstance())));
      reply.onNext(results.build());
      reply.onCompleted();
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchReply> reply) {
      streams++;
      replies = (ServerCallStreamObserver<WatchReply>) reply;
      return new StreamObserver<>() {
        @Override
        public void onNext(WatchRequest request) {
          if (request.hasStop()) {
            stopped.add(request.getStop());
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          reply.onCompleted();
        }
      };
    }
  }
}
