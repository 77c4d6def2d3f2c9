package io.kemudi.simulation.bench;

import static io.kemudi.apimachinery.resource.ResourceTypes.NAMESPACES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICE_ACCOUNTS;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.ApiCore;
import io.kemudi.apiserver.ApiCoreConfig;
import io.kemudi.apiserver.grpc.ClusterServer;
import io.kemudi.apiserver.grpc.ClusterService;
import io.kemudi.apiserver.registry.AuditHook;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.User;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.client.rest.Kubeconfig;
import io.kemudi.client.rest.RestApiClient;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// How many pods a second get a node, end to end: created through the API, decided, bound, seen.
///
/// `SchedulerBench NODES PODS [KUBECONFIG]`: against the server of the kubeconfig and whatever
/// scheduler runs there, or against a server and scheduler of ours in this process.
public final class SchedulerBench {
  private static final String NAMESPACE = "scheduler-bench";
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private SchedulerBench() {}

  public static void main(String[] args) throws Exception {
    int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    int pods = args.length > 1 ? Integer.parseInt(args[1]) : 3000;
    try (var timers = new SystemTimers()) {
      if (args.length > 2) {
        var endpoint = Kubeconfig.load(Path.of(args[2]), timers);
        try (var client = new RestApiClient(endpoint, timers)) {
          run(client, timers, nodes, pods);
        }
      } else {
        runInProcess(timers, nodes, pods);
      }
    }
  }

  private static void runInProcess(SystemTimers timers, int nodes, int pods) throws Exception {
    var store = new MemoryStore(timers);
    var core = new ApiCore(store, ApiCoreConfig.DEFAULT, timers);
    core.start();
    try (var server =
            ClusterServer.inProcess(
                "scheduler-bench",
                User.of("bench", User.MASTERS),
                new ClusterService(
                    core.registry(), Authorizer.ALLOW_ALL, AuditHook.NONE, "v1.36.2"));
        var client = connect(server, timers);
        var own = connect(server, timers);
        var informers = new SharedInformers(own, timers, 1);
        var events = new EventRecorder(own, "default-scheduler", "", timers);
        var scheduler =
            new SchedulerComponent(own, informers, events, SchedulerConfig.DEFAULT, timers)) {
      events.start();
      informers.start();
      scheduler.start();
      run(client, timers, nodes, pods);
      System.out.printf("events not written: %d%n", events.dropped());
    } finally {
      core.close();
      store.close();
    }
  }

  private static GrpcApiClient connect(ClusterServer server, SystemTimers timers) {
    if (!server.ready()) {
      server.start();
    }
    return new GrpcApiClient(InProcessChannelBuilder.forName("scheduler-bench").build(), timers);
  }

  private static void run(ApiClient client, SystemTimers timers, int nodes, int pods)
      throws InterruptedException {
    prepare(client, nodes);
    System.out.printf("%-10s %8s %8s %10s %10s%n", "round", "nodes", "pods", "pods/s", "created/s");
    round(client, timers, "warm-up", nodes, Math.min(1000, pods));
    round(client, timers, "measured", nodes, pods);
  }

  private static void prepare(ApiClient client, int nodes) {
    Namespace.Builder namespace = Namespace.newBuilder();
    namespace.getMetadataBuilder().setName(NAMESPACE);
    existing(() -> client.create(NAMESPACES, namespace.build(), WriteOptions.NONE));
    ServiceAccount.Builder account = ServiceAccount.newBuilder();
    account.getMetadataBuilder().setNamespace(NAMESPACE).setName("default");
    existing(() -> client.create(SERVICE_ACCOUNTS, account.build(), WriteOptions.NONE));
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      all.add(node(i));
    }
    client.createAll(NODES, all, WriteOptions.NONE);
  }

  private static void existing(Runnable create) {
    try {
      create.run();
    } catch (ApiException e) {
      if (!e.is(StatusReason.ALREADY_EXISTS)) {
        throw e;
      }
    }
  }

  private static void round(
      ApiClient client, SystemTimers timers, String name, int nodes, int count)
      throws InterruptedException {
    var placed = new CountDownLatch(count);
    try (var informers = new SharedInformers(client, timers, 2)) {
      informers.informer(PODS, ListOptions.in(NAMESPACE)).addHandler(counting(placed));
      informers.start();
      informers.awaitSync(Duration.ofSeconds(30));
      long beganNs = System.nanoTime();
      create(client, name, count);
      double createdSeconds = (System.nanoTime() - beganNs) / 1e9;
      boolean all = placed.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      System.out.printf(
          "%-10s %8d %8d %10.0f %10.0f%s%n",
          name,
          nodes,
          count - placed.getCount(),
          (count - placed.getCount()) / seconds,
          count / createdSeconds,
          all ? "" : "  NOT ALL PLACED");
    }
    client.deleteCollection(PODS, ListOptions.in(NAMESPACE), DeleteOptions.NONE.grace(0));
  }

  private static void create(ApiClient client, String name, int count) {
    List<Pod> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(pod(name + "-" + i));
      if (batch.size() == 500 || i == count - 1) {
        for (Outcome<Pod> outcome : client.createAll(PODS, batch, WriteOptions.NONE)) {
          if (outcome instanceof Outcome.Refused<Pod>(ApiException why)) {
            throw why;
          }
        }
        batch.clear();
      }
    }
  }

  private static EventHandler<Pod> counting(CountDownLatch placed) {
    return new EventHandler<>() {
      @Override
      public void onAdd(Pod pod) {
        if (!pod.getSpec().getNodeName().isEmpty()) {
          placed.countDown();
        }
      }

      @Override
      public void onUpdate(Pod before, Pod after) {
        if (before.getSpec().getNodeName().isEmpty() && !after.getSpec().getNodeName().isEmpty()) {
          placed.countDown();
        }
      }

      @Override
      public void onDelete(Pod pod) {}
    };
  }

  private static Node node(int i) {
    Node.Builder node = Node.newBuilder();
    node.getMetadataBuilder().setName("bench-node-" + i);
    node.getStatusBuilder()
        .putAllocatable("cpu", quantity("32"))
        .putAllocatable("memory", quantity("256Gi"))
        .putAllocatable("pods", quantity("110"))
        .putAllCapacity(node.getStatus().getAllocatableMap());
    return node.build();
  }

  private static Pod pod(String name) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace(NAMESPACE).setName(name).putLabels("app", "bench");
    var container = pod.getSpecBuilder().addContainersBuilder();
    container.setName("main").setImage("registry.k8s.io/pause:3.10");
    container
        .getResourcesBuilder()
        .putRequests("cpu", quantity("100m"))
        .putRequests("memory", quantity("200Mi"));
    return pod.build();
  }

  private static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }
}
