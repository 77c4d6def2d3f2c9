package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodCondition;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.scheduler.SchedulerComponent;
import io.kemudi.scheduler.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The scheduler as it runs, against the real API server, in process.
class SchedulingTest {
  private final ClusterFixture cluster = new ClusterFixture();
  private final SharedInformers informers = new SharedInformers(cluster.client, cluster.timers, 1);
  private final EventRecorder events =
      new EventRecorder(cluster.client, "default-scheduler", "", cluster.timers);
  private final SchedulerComponent scheduler =
      new SchedulerComponent(
          cluster.client, informers, events, SchedulerConfig.DEFAULT, cluster.timers);
  private final Informer<Pod> pods = informers.informer(PODS);

  @AfterEach
  void stop() {
    scheduler.close();
    events.close();
    informers.close();
    cluster.close();
  }

  @Test
  void placesPodsAndNeverOvercommits() throws Exception {
    for (int i = 0; i < 5; i++) {
      readyNode("n" + i, "2");
    }
    start();
    List<Pod> wanted = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      wanted.add(pod("p" + i, "500m"));
    }
    cluster.client.createAll(PODS, wanted, WriteOptions.NONE);
    await(() -> pods.lister().list().stream().allMatch(SchedulingTest::placed) && count() == 20);

    Map<String, Integer> perNode = new HashMap<>();
    pods.lister()
        .list()
        .forEach(pod -> perNode.merge(pod.getSpec().getNodeName(), 1, Integer::sum));
    assertThat(perNode.values()).hasSize(5).allMatch(count -> count == 4);
    await(() -> event(event -> event.getReason().equals("Scheduled")) == 20);
  }

  @Test
  void tellsWhyAPodWaitsAndPlacesItWhenThereIsRoom() throws Exception {
    readyNode("small", "1");
    start();
    cluster.client.create(PODS, pod("big", "3"), WriteOptions.NONE);
    String message =
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption:"
            + " 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    await(() -> pods.lister().list().stream().anyMatch(pod -> condition(pod).equals(message)));
    await(() -> event(event -> event.getMessage().equals(message)) == 1);

    readyNode("large", "4");
    await(() -> pods.lister().list().stream().allMatch(SchedulingTest::placed));
    assertThat(pods.lister().list().getFirst().getSpec().getNodeName()).isEqualTo("large");
  }

  private void start() throws InterruptedException {
    informers.start();
    events.start();
    scheduler.start();
    assertThat(informers.awaitSync(Duration.ofSeconds(10))).isTrue();
  }

  private int count() {
    return pods.lister().list().size();
  }

  private int event(Predicate<Event> wanted) {
    return (int)
        cluster.client.list(EVENTS, ListOptions.in("default")).items().stream()
            .filter(wanted)
            .count();
  }

  private static boolean placed(Pod pod) {
    return !pod.getSpec().getNodeName().isEmpty();
  }

  private static String condition(Pod pod) {
    return pod.getStatus().getConditionsList().stream()
        .filter(one -> one.getType().equals("PodScheduled") && one.getStatus().equals("False"))
        .map(PodCondition::getMessage)
        .findFirst()
        .orElse("");
  }

  private static void await(java.util.function.BooleanSupplier reached)
      throws InterruptedException {
    long untilNs = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime()).as("reached in time").isLessThan(untilNs);
      Thread.sleep(10);
    }
  }

  /// A new node is tainted by admission until the node lifecycle controller finds it ready; none
  /// runs here.
  private void readyNode(String name, String cpu) {
    Node.Builder made =
        cluster.client.create(NODES, node(name, cpu), WriteOptions.NONE).toBuilder();
    made.getSpecBuilder().clearTaints();
    cluster.client.update(NODES, made.build(), WriteOptions.NONE);
  }

  private static Node node(String name, String cpu) {
    Node.Builder node = Node.newBuilder();
    node.getMetadataBuilder().setName(name);
    for (Map.Entry<String, String> amount :
        Map.of("cpu", cpu, "memory", "8Gi", "pods", "110").entrySet()) {
      Quantity quantity = Quantity.newBuilder().setString(amount.getValue()).build();
      node.getStatusBuilder()
          .putAllocatable(amount.getKey(), quantity)
          .putCapacity(amount.getKey(), quantity);
    }
    return node.build();
  }

  private static Pod pod(String name, String cpu) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("default").setName(name);
    var container = pod.getSpecBuilder().addContainersBuilder();
    container.setName("c").setImage("example.com/i:1");
    container
        .getResourcesBuilder()
        .putRequests("cpu", Quantity.newBuilder().setString(cpu).build());
    return pod.build();
  }
}
