package io.kemudi.apiserver.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.User;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchReply;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.BindPodsRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.GetRequest;
import io.kemudi.cluster.v1.ListRequest;
import io.kemudi.cluster.v1.ObjectReply;
import io.kemudi.cluster.v1.PodBinding;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WatchEvent;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.cluster.v1.WatchStart;
import io.kemudi.cluster.v1.WriteRequest;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.meta.v1.Status;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterServiceTest {
  /// All but secrets, of which one may be read by its name.
  private static final Authorizer NO_SECRETS =
      (user, asked) ->
          asked.resource().equals("secrets") && !asked.name().equals("own")
              ? Authorizer.Decision.NO_OPINION
              : Authorizer.Decision.ALLOWED;

  private final SystemTimers timers = new SystemTimers();
  private ApiCore core;
  private ClusterServer server;
  private ManagedChannel channel;
  private ClusterGrpc.ClusterBlockingStub stub;

  @BeforeEach
  void start() {
    core = new ApiCore(new MemoryStore(timers), ApiCoreConfig.DEFAULT, timers);
    core.start();
    var service = new ClusterService(core.registry(), NO_SECRETS, Auditor.NONE, "v1.36.2");
    server = ClusterServer.inProcess("cluster-test", User.of("scheduler"), service);
    server.start();
    channel = InProcessChannelBuilder.forName("cluster-test").build();
    stub = ClusterGrpc.newBlockingStub(channel);
    write(
        "namespaces", "", Namespace.newBuilder().setMetadata(meta("", "n")).build().toByteString());
    write(
        "serviceaccounts",
        "n",
        ServiceAccount.newBuilder().setMetadata(meta("n", "default")).build().toByteString());
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    core.close();
    timers.close();
  }

  @Test
  void objectsTravelAsTheirMessages() throws InvalidProtocolBufferException {
    ObjectReply created = configMap("a");

    ObjectReply got =
        stub.get(GetRequest.newBuilder().setTarget(name("configmaps", "n", "a")).build());

    ConfigMap read = ConfigMap.parseFrom(got.getObject());
    assertThat(read.getMetadata().getResourceVersion())
        .isEqualTo(Long.toString(created.getRevision()));
    assertThat(read.getDataMap()).containsEntry("k", "v");
  }

  @Test
  void refusalsCarryTheirStatus() {
    configMap("a");

    assertThatThrownBy(() -> configMap("a"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.ALREADY_EXISTS);
              assertThat(status(e).getMessage()).isEqualTo("configmaps \"a\" already exists");
              assertThat(status(e).getCode()).isEqualTo(409);
            });
  }

  @Test
  void nothingPassesThatTheAuthorizerRefuses() {
    var request = ListRequest.newBuilder().setTarget(name("secrets", "n", "")).build();

    assertThatThrownBy(() -> stub.list(request).hasNext())
        .hasMessageContaining(
            "secrets is forbidden: User \"scheduler\" cannot list resource \"secrets\" in API"
                + " group \"\" in the namespace \"n\"");
  }

  @Test
  void aRightToOneNameIsARightToListAndWatchIt() throws InterruptedException {
    var list = ListRequest.newBuilder().setTarget(name("secrets", "n", ""));
    assertThat(stub.list(list.setFieldSelector("metadata.name=own").build()).hasNext()).isTrue();
    assertThatThrownBy(() -> stub.list(list.setFieldSelector("metadata.name=b").build()).hasNext())
        .hasMessageContaining("secrets \"b\" is forbidden");

    BlockingQueue<WatchReply> replies = new LinkedBlockingQueue<>();
    StreamObserver<WatchRequest> requests = ClusterGrpc.newStub(channel).watch(into(replies));
    WatchStart own =
        start(1, "secrets", "n").getStart().toBuilder()
            .setFieldSelector("metadata.name=own")
            .build();
    requests.onNext(WatchRequest.newBuilder().setStart(own).build());

    WatchReply reply = replies.poll(20, TimeUnit.SECONDS);
    assertThat(reply).isNotNull();
    assertThat(reply.getEvents(0).getType()).isEqualTo(WatchEvent.Type.INITIAL_EVENTS_END);
    requests.onCompleted();
  }

  @Test
  void oneStreamCarriesManyWatches() throws InterruptedException {
    BlockingQueue<WatchReply> replies = new LinkedBlockingQueue<>();
    StreamObserver<WatchRequest> requests = ClusterGrpc.newStub(channel).watch(into(replies));
    requests.onNext(start(1, "configmaps", "n"));
    requests.onNext(start(2, "namespaces", ""));

    configMap("a");
    List<String> seen = new ArrayList<>();
    while (!(seen.contains("1 ADDED") && seen.contains("2 INITIAL_EVENTS_END"))) {
      WatchReply reply = replies.poll(20, TimeUnit.SECONDS);
      assertThat(reply).as("a reply after %s", seen).isNotNull();
      for (WatchEvent event : reply.getEventsList()) {
        seen.add(reply.getWatch() + " " + event.getType());
      }
    }
    requests.onCompleted();

    assertThat(seen).contains("1 INITIAL_EVENTS_END", "2 ADDED");
  }

  @Test
  void bindingsOfABatchSucceedAndFailAlone() throws InvalidProtocolBufferException {
    pod("p");
    pod("q");
    var bindings =
        BindPodsRequest.newBuilder()
            .addBindings(binding("p", "n1"))
            .addBindings(binding("missing", "n1"))
            .addBindings(binding("q", "n2"))
            .build();

    BatchReply reply = stub.bindPods(bindings);

    assertThat(reply.getResults(0).hasObject()).isTrue();
    assertThat(Status.parseFrom(reply.getResults(1).getFailure().getStatus()).getMessage())
        .isEqualTo("pods \"missing\" not found");
    assertThat(reply.getResults(2).hasObject()).isTrue();
    ObjectReply bound = stub.get(GetRequest.newBuilder().setTarget(name("pods", "n", "q")).build());
    Pod pod = Pod.parseFrom(bound.getObject());
    assertThat(pod.getSpec().getNodeName()).isEqualTo("n2");
    assertThat(pod.getStatus().getConditionsList())
        .anyMatch(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("True"));
  }

  @Test
  void aTransactionIsAllOrNothing() {
    configMap("b");
    var both =
        BatchRequest.newBuilder()
            .addOperations(BatchOperation.newBuilder().setCreate(configMapRequest("a")))
            .addOperations(BatchOperation.newBuilder().setCreate(configMapRequest("b")))
            .build();

    assertThatThrownBy(() -> stub.transact(both)).hasMessageContaining("already exists");

    var get = GetRequest.newBuilder().setTarget(name("configmaps", "n", "a")).build();
    assertThatThrownBy(() -> stub.get(get)).hasMessageContaining("not found");
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

  private static Status status(StatusRuntimeException e) {
    try {
      return Status.parseFrom(
          e.getTrailers()
              .get(Metadata.Key.of("kemudi-status-bin", Metadata.BINARY_BYTE_MARSHALLER)));
    } catch (InvalidProtocolBufferException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  private static WatchRequest start(long number, String resource, String namespace) {
    return WatchRequest.newBuilder()
        .setStart(WatchStart.newBuilder().setWatch(number).setTarget(name(resource, namespace, "")))
        .build();
  }

  private static PodBinding binding(String pod, String node) {
    return PodBinding.newBuilder().setNamespace("n").setName(pod).setNode(node).build();
  }

  private void pod(String name) {
    Pod.Builder pod = Pod.newBuilder().setMetadata(meta("n", name));
    pod.getSpecBuilder().addContainers(Container.newBuilder().setName("c").setImage("i"));
    write("pods", "n", pod.build().toByteString());
  }

  private ObjectReply configMap(String name) {
    return stub.create(configMapRequest(name));
  }

  private static WriteRequest configMapRequest(String name) {
    ConfigMap map = ConfigMap.newBuilder().setMetadata(meta("n", name)).putData("k", "v").build();
    return WriteRequest.newBuilder()
        .setTarget(name("configmaps", "n", ""))
        .setObject(map.toByteString())
        .build();
  }

  private void write(String resource, String namespace, com.google.protobuf.ByteString object) {
    stub.create(
        WriteRequest.newBuilder()
            .setTarget(name(resource, namespace, ""))
            .setObject(object)
            .build());
  }

  private static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.newBuilder().setNamespace(namespace).setName(name).build();
  }

  private static ResourceName name(String resource, String namespace, String name) {
    return ResourceName.newBuilder()
        .setVersion("v1")
        .setResource(resource)
        .setNamespace(namespace)
        .setName(name)
        .build();
  }
}
