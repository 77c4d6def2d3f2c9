package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.DEPLOYMENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.NODES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.apps.v1.Deployment;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Toleration;
import io.kemudi.store.sqlite.SqliteStore;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node falls silent; on the store that a cluster on one machine has.
class LostNodeTest {
  private static final int FACTOR = 20;

  @Test
  void podsOfALostNodeMove(@TempDir Path dir) throws Exception {
    try (var real = new SystemTimers();
        var store = SqliteStore.open(dir.resolve("store.db"), real);
        // Upstream's grace period of 50 s, and leases every 10 s.
        var cluster =
            new HollowCluster(
                store, new FastTimers(real, FACTOR), HollowCluster.Config.of(2, dir));
        var informers = new SharedInformers(cluster.client(), real, 3)) {
      cluster.start();
      var invariants = new Invariants(informers);
      informers.start();
      ApiClient client = cluster.client();
      client.create(DEPLOYMENTS, impatient(), WriteOptions.NONE);
      Await.until("both nodes have pods", () -> ready(client).size() == 4);

      cluster.loseNode("node-1");
      Await.until(
          "four pods are ready on the node that is left",
          () ->
              ready(client).stream()
                      .filter(pod -> pod.getSpec().getNodeName().equals("node-0"))
                      .count()
                  == 4);

      var lost = client.get(NODES, "", "node-1");
      assertThat(lost.getSpec().getTaintsList())
          .extracting(t -> t.getKey() + ":" + t.getEffect())
          .contains(
              "node.kubernetes.io/unreachable:NoSchedule",
              "node.kubernetes.io/unreachable:NoExecute");
      assertThat(lost.getStatus().getConditionsList())
          .filteredOn(c -> c.getType().equals("Ready"))
          .allMatch(c -> c.getStatus().equals("Unknown"));
      assertThat(invariants.violations()).isEmpty();
    }
  }

  /// Its pods leave an unreachable node at once instead of after five minutes.
  private static Deployment impatient() {
    var deployment = Workloads.deployment("default", "web", 4, "example.com/web:one").toBuilder();
    for (String taint : List.of("unreachable", "not-ready")) {
      deployment
          .getSpecBuilder()
          .getTemplateBuilder()
          .getSpecBuilder()
          .addTolerations(
              Toleration.newBuilder()
                  .setKey("node.kubernetes.io/" + taint)
                  .setOperator("Exists")
                  .setEffect("NoExecute")
                  .setTolerationSeconds(0));
    }
    return deployment.build();
  }

  private static List<Pod> ready(ApiClient client) {
    return client.list(PODS, ListOptions.in("default")).items().stream()
        .filter(pod -> !pod.getMetadata().hasDeletionTimestamp())
        .filter(pod ->
            pod.getStatus().getConditionsList().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True")))
        .toList();
  }
}
