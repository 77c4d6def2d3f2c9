package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.DEPLOYMENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.ENDPOINT_SLICES;
import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.NAMESPACES;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.REPLICA_SETS;
import static io.kemudi.apimachinery.resource.ResourceTypes.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.DeleteOptions.Propagation;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.store.Store;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What people do with a Deployment, on a whole cluster of hollow nodes; every test in a namespace
/// of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpineTest {
  private final SystemTimers timers = new SystemTimers();
  private final Store store = new MemoryStore(timers);
  private HollowCluster cluster;
  private ApiClient client;
  private SharedInformers informers;
  private Invariants invariants;
  private String namespace;
  private int made;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    cluster = new HollowCluster(store, timers, HollowCluster.Config.of(3, dir));
    cluster.start();
    client = cluster.client();
    informers = new SharedInformers(client, timers, 3);
    invariants = new Invariants(informers);
    informers.start();
    assertThat(informers.awaitSync(Duration.ofSeconds(10))).isTrue();
  }

  @AfterAll
  void stop() {
    informers.close();
    cluster.close();
    store.close();
    timers.close();
  }

  @BeforeEach
  void makeNamespace(TestInfo test) {
    namespace =
        test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT)
            + "-"
            + ++made;
    client.create(NAMESPACES, Workloads.namespace(namespace), WriteOptions.NONE);
  }

  @AfterEach
  void nothingWasBroken() {
    assertThat(invariants.violations()).isEmpty();
  }

  @Test
  void deploymentBecomesAvailableAndItsServiceHasItsAddresses() throws Exception {
    client.create(SERVICES, Workloads.service(namespace, "web"), WriteOptions.NONE);
    client.create(DEPLOYMENTS, web(3, "one"), WriteOptions.NONE);
    awaitAvailable(3);

    Await.until("three ready endpoints", () -> readyAddresses().size() == 3);
    assertThat(readyAddresses())
        .isEqualTo(
            livePods().stream().map(p -> p.getStatus().getPodIP()).collect(Collectors.toSet()));
    assertThat(deployment().getMetadata().getAnnotationsMap())
        .containsEntry("deployment.kubernetes.io/revision", "1");
  }

  @Test
  void scalesUpAndDown() throws Exception {
    client.create(DEPLOYMENTS, web(1, "one"), WriteOptions.NONE);
    awaitAvailable(1);
    scale(6);
    awaitAvailable(6);
    scale(2);
    awaitAvailable(2);
    Await.until("four pods are gone", () -> pods().size() == 2);
    assertThat(sets()).hasSize(1);
  }

  @Test
  void replacesADeletedPod() throws Exception {
    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    Pod victim = livePods().getFirst();
    client.delete(PODS, namespace, victim.getMetadata().getName(), DeleteOptions.NONE);
    Await.until(
        "the pod is gone and replaced",
        () ->
            pods().size() == 2
                && pods().stream()
                    .noneMatch(
                        p -> p.getMetadata().getUid().equals(victim.getMetadata().getUid())));
    awaitAvailable(2);
  }

  @Test
  void rollsWithinItsLimitsAndBack() throws Exception {
    client.create(DEPLOYMENTS, web(4, "one"), WriteOptions.NONE);
    awaitAvailable(4);
    var bounds = new RolloutBounds(client, timers, namespace, 5, 3); // 25 % of 4 each way

    setImage("two");
    awaitImage("two", 4);
    assertThat(deployment().getMetadata().getAnnotationsMap())
        .containsEntry("deployment.kubernetes.io/revision", "2");

    setImage("one"); // what `kubectl rollout undo` writes
    awaitImage("one", 4);
    bounds.close();

    assertThat(bounds.violations()).isEmpty();
    assertThat(sets()).hasSize(2);
    ReplicaSet current =
        sets().stream().filter(s -> s.getSpec().getReplicas() == 4).findFirst().orElseThrow();
    assertThat(current.getMetadata().getAnnotationsMap())
        .containsEntry("deployment.kubernetes.io/revision", "3")
        .containsEntry("deployment.kubernetes.io/revision-history", "1");
  }

  @Test
  void deletedDeploymentTakesItsPodsWithIt() throws Exception {
    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    deleteDeployment(Propagation.BACKGROUND);
    Await.until("sets and pods are collected", () -> sets().isEmpty() && pods().isEmpty());
  }

  @Test
  void foregroundDeletionKeepsTheOwnerUntilItsDependentsAreGone() throws Exception {
    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    deleteDeployment(Propagation.FOREGROUND);
    assertThat(deployment().getMetadata().getFinalizersList()).contains("foregroundDeletion");
    Await.until("the deployment is gone", () -> !exists());
    assertThat(sets()).isEmpty();
    assertThat(pods()).isEmpty();
  }

  @Test
  void orphaningDeletionLeavesThePodsAndTheyCanBeAdopted() throws Exception {
    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    Set<String> before = uids();
    deleteDeployment(Propagation.ORPHAN);
    Await.until("the deployment is gone", () -> !exists());
    assertThat(sets()).hasSize(1);
    assertThat(sets().getFirst().getMetadata().getOwnerReferencesList()).isEmpty();

    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    assertThat(uids()).isEqualTo(before);
    assertThat(sets()).hasSize(1);
  }

  @Test
  void deletedNamespaceEndsEmpty() throws Exception {
    client.create(SERVICES, Workloads.service(namespace, "web"), WriteOptions.NONE);
    client.create(DEPLOYMENTS, web(2, "one"), WriteOptions.NONE);
    awaitAvailable(2);
    client.delete(NAMESPACES, "", namespace, DeleteOptions.NONE);
    Await.until(
        "the namespace is gone",
        () ->
            client.list(NAMESPACES, ListOptions.ALL).items().stream()
                .noneMatch(n -> n.getMetadata().getName().equals(namespace)));
    assertThat(pods()).isEmpty();
    assertThat(sets()).isEmpty();
    assertThat(client.list(SERVICES, ListOptions.in(namespace)).items()).isEmpty();
  }

  private Deployment web(int replicas, String image) {
    return Workloads.deployment(namespace, "web", replicas, "example.com/web:" + image);
  }

  private void scale(int replicas) {
    patch("{\"spec\":{\"replicas\":" + replicas + "}}");
  }

  private void setImage(String image) {
    patch(
        """
        {"spec":{"template":{"spec":{"containers":[{"name":"app","image":"example.com/web:%s"}]}}}}
        """
            .formatted(image));
  }

  private void patch(String json) {
    client.patch(DEPLOYMENTS, namespace, "web", "", Patch.strategic(json), WriteOptions.NONE);
  }

  private void deleteDeployment(Propagation propagation) {
    client.delete(DEPLOYMENTS, namespace, "web", DeleteOptions.NONE.propagation(propagation));
  }

  private void awaitAvailable(int replicas) throws InterruptedException {
    Await.until(
        replicas + " available replicas of web, rolled out",
        () -> {
          Deployment now = deployment();
          var status = now.getStatus();
          return status.getObservedGeneration() == now.getMetadata().getGeneration()
              && status.getReplicas() == replicas
              && status.getUpdatedReplicas() == replicas
              && status.getAvailableReplicas() == replicas
              && status.getConditionsList().stream()
                  .anyMatch(c -> c.getType().equals("Available") && c.getStatus().equals("True"));
        },
        this::state);
  }

  private String state() {
    var state = new StringBuilder(deployment().getStatus().toString());
    sets().forEach(s -> state.append(s.getMetadata().getName()).append(s.getStatus()));
    for (Pod pod : pods()) {
      state.append(pod.getMetadata().getName()).append(" on ").append(pod.getSpec().getNodeName());
      state.append('\n').append(pod.getStatus());
    }
    for (Node node : client.list(NODES, ListOptions.ALL).items()) {
      state.append(node.getMetadata().getName()).append(node.getSpec());
    }
    for (Event event : client.list(EVENTS, ListOptions.in(namespace)).items()) {
      state.append(event.getInvolvedObject().getName()).append(": ");
      state.append(event.getMessage()).append('\n');
    }
    return state.toString();
  }

  private void awaitImage(String image, int replicas) throws InterruptedException {
    awaitAvailable(replicas);
    Await.until("only new pods are left", () -> pods().size() == replicas);
    assertThat(pods())
        .allMatch(p -> p.getSpec().getContainers(0).getImage().equals("example.com/web:" + image));
  }

  private Deployment deployment() {
    return client.get(DEPLOYMENTS, namespace, "web");
  }

  private boolean exists() {
    try {
      deployment();
      return true;
    } catch (ApiException e) {
      assertThat(e.reason()).isEqualTo(StatusReason.NOT_FOUND);
      return false;
    }
  }

  private List<ReplicaSet> sets() {
    return client.list(REPLICA_SETS, ListOptions.in(namespace)).items();
  }

  private List<Pod> pods() {
    return client.list(PODS, ListOptions.in(namespace)).items();
  }

  private List<Pod> livePods() {
    return pods().stream().filter(p -> !p.getMetadata().hasDeletionTimestamp()).toList();
  }

  private Set<String> uids() {
    return pods().stream().map(p -> p.getMetadata().getUid()).collect(Collectors.toSet());
  }

  private Set<String> readyAddresses() {
    var addresses = new HashSet<String>();
    for (var slice : client.list(ENDPOINT_SLICES, ListOptions.in(namespace)).items()) {
      for (Endpoint endpoint : slice.getEndpointsList()) {
        if (endpoint.getConditions().getReady()) {
          addresses.addAll(endpoint.getAddressesList());
        }
      }
    }
    return addresses;
  }
}
