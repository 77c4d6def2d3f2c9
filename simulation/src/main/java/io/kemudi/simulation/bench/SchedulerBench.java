package io.kemudi.simulation.bench;

import static io.kemudi.apimachinery.resource.ResourceTypes.NAMESPACES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICE_ACCOUNTS;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.EventHandler;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// How many pods a second get a node, end to end: created through the API, decided by whatever
/// scheduler runs there, bound, and seen by a watch. Removes its pods and nodes afterwards.
public final class SchedulerBench {
  private static final String NAMESPACE = "scheduler-bench";
  private static final int CREATORS = 16;
  private static final int WARM_UP_PODS = 1000;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final ApiClient client;
  private final Timers timers;
  private final Map<String, Long> processes;
  private final double rawPerSecond;
  private final Consumer<String> progress;

  /// `processes` are those whose CPU is counted, by name; `rawPerSecond` the writes of the bare
  /// store, 0 when that is not known.
  public SchedulerBench(
      ApiClient client,
      Timers timers,
      Map<String, Long> processes,
      double rawPerSecond,
      Consumer<String> progress) {
    this.client = client;
    this.timers = timers;
    this.processes = Map.copyOf(processes);
    this.rawPerSecond = rawPerSecond;
    this.progress = progress;
  }

  public List<Row> run(int nodes, int pods) throws InterruptedException {
    progress.accept("creating " + nodes + " nodes");
    prepare(nodes);
    try {
      progress.accept("warming up");
      round("warm-up", Math.min(WARM_UP_PODS, pods));
      progress.accept("creating and placing " + pods + " pods");
      return List.of(round("measured", pods));
    } finally {
      progress.accept("removing nodes and pods");
      for (int i = 0; i < nodes; i++) {
        client.delete(NODES, "", nodeName(i), DeleteOptions.NONE);
      }
      client.delete(NAMESPACES, "", NAMESPACE, DeleteOptions.NONE);
    }
  }

  private void prepare(int nodes) {
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

  private Row round(String name, int count) throws InterruptedException {
    var placed = new CountDownLatch(count);
    Row row;
    try (var informers = new SharedInformers(client, timers, 2)) {
      informers.informer(PODS, ListOptions.in(NAMESPACE)).addHandler(counting(placed));
      informers.start();
      informers.awaitSync(Duration.ofSeconds(30));
      Map<String, Double> before = ProcessCpu.usedMs(processes);
      long beganNs = System.nanoTime();
      create(name, count);
      boolean all = placed.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
      double perSecond = (count - placed.getCount()) / ((System.nanoTime() - beganNs) / 1e9);
      var cpu = new LinkedHashMap<String, Double>();
      ProcessCpu.usedMs(processes)
          .forEach(
              (process, ms) -> cpu.put(process, (ms - before.getOrDefault(process, ms)) / count));
      row =
          new Row(
              "created, bound and seen",
              count,
              perSecond,
              0,
              0,
              rawPerSecond > 0 ? perSecond / rawPerSecond : 0,
              cpu,
              all ? 0 : placed.getCount());
    }
    client.deleteCollection(PODS, ListOptions.in(NAMESPACE), DeleteOptions.NONE.grace(0));
    return row;
  }

  /// From several connections at once: one would measure round trips.
  private void create(String name, int count) {
    var next = new AtomicInteger();
    var failures = new ConcurrentLinkedQueue<ApiException>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CREATORS; i++) {
        tasks.submit(() -> {
          for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
            try {
              client.create(PODS, pod(name + "-" + n), WriteOptions.NONE);
            } catch (ApiException e) {
              failures.add(e);
              return;
            }
          }
        });
      }
    }
    ApiException failure = failures.peek();
    if (failure != null) {
      throw failure;
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

  private static String nodeName(int i) {
    return "bench-node-" + i;
  }

  private static Node node(int i) {
    Node.Builder node = Node.newBuilder();
    node.getMetadataBuilder().setName(nodeName(i));
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
