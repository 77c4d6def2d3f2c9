package io.kemudi.apiserver.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.User;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.ClusterGrpc.ClusterBlockingStub;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.WriteRequest;
import io.kemudi.kubernetes.core.v1.LimitRange;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What admission refuses over REST it refuses over gRPC: alone, in a batch, in a transaction.
class RefusedOverGrpcTest {
  private final SystemTimers timers = new SystemTimers();
  private final List<AutoCloseable> open = new ArrayList<>();
  private ApiCore core;
  private ClusterBlockingStub admin;
  private ClusterBlockingStub node;

  @BeforeEach
  void start() {
    core = new ApiCore(new MemoryStore(timers), ApiCoreConfig.DEFAULT, timers);
    core.start();
    admin = stub("refused-admin", User.of("admin", User.MASTERS));
    node = stub("refused-node", User.of("system:node:n1", User.NODES));
    namespace("baseline", "baseline");
    namespace("plain", "privileged");
  }

  private ClusterBlockingStub stub(String name, User user) {
    var service =
        new ClusterService(core.registry(), Authorizer.ALLOW_ALL, Auditor.NONE, "v1.36.2");
    ClusterServer server = ClusterServer.inProcess(name, user, service);
    server.start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    open.add(channel::shutdownNow);
    open.add(server::close);
    return ClusterGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    core.close();
    timers.close();
  }

  @Test
  void podsThatBreakTheirNamespacesStandard() {
    Pod pod = pod("baseline", true);
    String why = "violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)";
    assertRefusedEverywhere(admin, pod, "pods", "baseline", why);
  }

  @Test
  void podsOutsideALimitRange() {
    LimitRange.Builder range = LimitRange.newBuilder().setMetadata(meta("plain", "l"));
    range.getSpecBuilder().addLimitsBuilder().setType("Pod").putMax("cpu", quantity("1"));
    admin.create(write(range.build(), "limitranges", "plain"));
    assertRefusedEverywhere(
        admin, pod("plain", false), "pods", "plain", "maximum cpu usage per Pod is 1");
  }

  @Test
  void podsAboveAQuota() {
    ResourceQuota.Builder quota = ResourceQuota.newBuilder().setMetadata(meta("plain", "q"));
    quota.getSpecBuilder().putHard("pods", quantity("0"));
    admin.create(write(quota.build(), "resourcequotas", "plain"));
    quota.getStatusBuilder().putHard("pods", quantity("0")).putUsed("pods", quantity("0"));
    WriteRequest.Builder status = write(quota.build(), "resourcequotas", "plain").toBuilder();
    status.getTargetBuilder().setName("q").setSubresource("status");
    admin.update(status.build());
    assertRefusedEverywhere(
        admin, pod("plain", false), "pods", "plain", "exceeded quota: q, requested: pods=1");
  }

  @Test
  void nodesThatWriteWhatIsNotTheirs() {
    Node other = Node.newBuilder().setMetadata(meta("", "n2")).build();
    assertRefusedEverywhere(
        node, other, "nodes", "", "node \"n1\" is not allowed to modify node \"n2\"");
    assertRefusedEverywhere(
        node, pod("plain", false), "pods", "plain", "can only create mirror pods");
  }

  private static void assertRefusedEverywhere(
      ClusterBlockingStub stub, Message object, String resource, String namespace, String why) {
    WriteRequest write = write(object, resource, namespace);
    BatchRequest batch =
        BatchRequest.newBuilder()
            .addOperations(BatchOperation.newBuilder().setCreate(write))
            .build();
    assertThatThrownBy(() -> stub.create(write)).hasMessageContaining(why);
    assertThatThrownBy(() -> stub.transact(batch)).hasMessageContaining(why);
    assertThat(stub.batch(batch).getResults(0).hasFailure()).isTrue();
  }

  private void namespace(String name, String level) {
    Namespace.Builder namespace = Namespace.newBuilder().setMetadata(meta("", name));
    namespace.getMetadataBuilder().putLabels("pod-security.kubernetes.io/enforce", level);
    admin.create(write(namespace.build(), "namespaces", ""));
    ServiceAccount account = ServiceAccount.newBuilder().setMetadata(meta(name, "default")).build();
    admin.create(write(account, "serviceaccounts", name));
  }

  private static Pod pod(String namespace, boolean hostNetwork) {
    Pod.Builder pod = Pod.newBuilder().setMetadata(meta(namespace, "p"));
    pod.getSpecBuilder().setHostNetwork(hostNetwork);
    pod.getSpecBuilder().addContainersBuilder().setName("c").setImage("i");
    return pod.build();
  }

  private static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }

  private static WriteRequest write(Message object, String resource, String namespace) {
    return WriteRequest.newBuilder()
        .setTarget(
            ResourceName.newBuilder()
                .setVersion("v1")
                .setResource(resource)
                .setNamespace(namespace))
        .setObject(object.toByteString())
        .build();
  }

  private static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.newBuilder().setNamespace(namespace).setName(name).build();
  }
}
