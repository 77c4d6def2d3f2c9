package io.kemudi.controllermanager.replicaset;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.REPLICA_SETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler.Result;
import io.kemudi.client.events.Events;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.controllermanager.ownership.OwnerIndex;
import io.kemudi.kubernetes.apps.v1.ReplicaSet;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.time.ManualTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReplicaSetReconcilerTest {
  private static final ObjectKey KEY = ObjectKey.of("default", "web");

  private final ManualTime time = new ManualTime();
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, time, 1);
  private final ReplicaSetReconciler reconciler =
      new ReplicaSetReconciler(
          api,
          informers.informer(REPLICA_SETS),
          informers.informer(PODS),
          new OwnerIndex<>(informers.informer(PODS)),
          Events.NONE,
          time);

  @Test
  void makesTheMissingPodsOnceThoughItsCopyLagsBehind() {
    api.create(REPLICA_SETS, set(5), WriteOptions.NONE);
    look();
    reconciler.reconcile(KEY);

    assertThat(reconciler.reconcile(KEY)).isInstanceOf(Result.After.class); // sees no pod yet
    assertThat(pods()).hasSize(5);

    look();
    assertThat(reconciler.reconcile(KEY)).isEqualTo(Result.DONE);
    assertThat(pods())
        .hasSize(5)
        .allMatch(p -> p.getMetadata().getOwnerReferences(0).getName().equals("web"));
    assertThat(api.get(REPLICA_SETS, "default", "web").getStatus().getReplicas()).isEqualTo(5);
  }

  @Test
  void shrinksToWhatIsAskedFor() {
    api.create(REPLICA_SETS, set(3), WriteOptions.NONE);
    settle();
    var smaller = api.get(REPLICA_SETS, "default", "web").toBuilder();
    smaller.getSpecBuilder().setReplicas(1);
    api.update(REPLICA_SETS, smaller.build(), WriteOptions.NONE);
    settle();
    assertThat(pods()).hasSize(1);
  }

  @Test
  void stopsAtTheFirstRefusalAndSaysWhy() {
    var asked = new AtomicInteger();
    api.refuse((verb, object) -> {
      if (verb.equals("create") && object.startsWith("pods/")) {
        asked.incrementAndGet();
        return new ApiException(StatusReason.FORBIDDEN, "exceeded quota");
      }
      return null;
    });
    api.create(REPLICA_SETS, set(100), WriteOptions.NONE);
    look();

    assertThat(catchThrowable(() -> reconciler.reconcile(KEY))).hasMessageContaining("quota");

    assertThat(asked).hasValue(1);
    assertThat(api.get(REPLICA_SETS, "default", "web").getStatus().getConditionsList())
        .singleElement()
        .satisfies(c -> {
          assertThat(c.getType()).isEqualTo("ReplicaFailure");
          assertThat(c.getReason()).isEqualTo("FailedCreate");
          assertThat(c.getMessage()).contains("exceeded quota");
        });
  }

  @Test
  void leavesThePodsOfOthersAlone() {
    Pod.Builder stranger = Pod.newBuilder();
    stranger.getMetadataBuilder().setNamespace("default").setName("s").putLabels("app", "web");
    stranger
        .getMetadataBuilder()
        .addOwnerReferencesBuilder()
        .setKind("Job")
        .setName("j")
        .setUid("another")
        .setController(true);
    api.create(PODS, stranger.build(), WriteOptions.NONE);
    api.create(REPLICA_SETS, set(1), WriteOptions.NONE);
    settle();
    assertThat(pods()).hasSize(2);
  }

  private void settle() {
    for (int i = 0; i < 5; i++) {
      look();
      reconciler.reconcile(KEY);
    }
  }

  private void look() {
    while (informers.step()) {
      // until nothing is new
    }
  }

  private List<Pod> pods() {
    return api.list(PODS, ListOptions.in("default")).items();
  }

  private static ReplicaSet set(int replicas) {
    ReplicaSet.Builder set = ReplicaSet.newBuilder();
    set.getMetadataBuilder().setNamespace("default").setName("web");
    set.getSpecBuilder().setReplicas(replicas).getSelectorBuilder().putMatchLabels("app", "web");
    set.getSpecBuilder()
        .getTemplateBuilder()
        .getMetadataBuilder()
        .putAllLabels(Map.of("app", "web"));
    return set.build();
  }
}
