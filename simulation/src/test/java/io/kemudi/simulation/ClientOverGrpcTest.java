package io.kemudi.simulation;

import static io.kemudi.apimachinery.resource.ResourceTypes.CONFIG_MAPS;
import static io.kemudi.apimachinery.resource.ResourceTypes.EVENTS;
import static io.kemudi.apimachinery.resource.ResourceTypes.LEASES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.events.EventRecorder;
import io.kemudi.client.events.References;
import io.kemudi.client.informer.Informer;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.client.leader.LeaderElection;
import io.kemudi.client.leader.LeaderElector;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The client library against the real API server, in process.
class ClientOverGrpcTest {
  private final ClusterFixture cluster = new ClusterFixture();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void writesReadsPatchesAndDeletes() {
    ConfigMap made = cluster.client.create(CONFIG_MAPS, map("a", "1"), WriteOptions.by("me"));
    assertThat(made.getMetadata().getUid()).isNotEmpty();
    assertThat(cluster.client.get(CONFIG_MAPS, "default", "a")).isEqualTo(made);

    ConfigMap patched =
        cluster.client.patch(
            CONFIG_MAPS,
            "default",
            "a",
            "",
            Patch.merge("{\"data\":{\"x\":\"y\"}}"),
            WriteOptions.NONE);
    assertThat(patched.getDataMap()).containsEntry("x", "y").containsEntry("k", "1");

    ApiException stale =
        catchThrowableOfType(
            ApiException.class, () -> cluster.client.update(CONFIG_MAPS, made, WriteOptions.NONE));
    assertThat(stale.reason()).isEqualTo(StatusReason.CONFLICT);

    assertThat(cluster.client.delete(CONFIG_MAPS, "default", "a", DeleteOptions.NONE)).isNotEmpty();
    ApiException gone =
        catchThrowableOfType(
            ApiException.class, () -> cluster.client.get(CONFIG_MAPS, "default", "a"));
    assertThat(gone.text()).isEqualTo("configmaps \"a\" not found");
  }

  @Test
  void aBatchAnswersEachOperationByItself() {
    List<ConfigMap> maps = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      maps.add(map("m" + i, "v"));
    }
    maps.add(map("m7", "again"));

    List<Outcome<ConfigMap>> outcomes =
        cluster.client.createAll(CONFIG_MAPS, maps, WriteOptions.NONE);

    assertThat(outcomes).hasSize(1501);
    assertThat(outcomes.get(1499)).isInstanceOf(Outcome.Done.class);
    assertThat(outcomes.get(1500)).isInstanceOf(Outcome.Refused.class);
    assertThat(cluster.client.list(CONFIG_MAPS, ListOptions.in("default")).items())
        .hasSizeGreaterThanOrEqualTo(1500);
  }

  @Test
  void anInformerFollowsThroughABrokenConnection() throws Exception {
    cluster.client.create(CONFIG_MAPS, map("a", "1"), WriteOptions.NONE);
    try (var informers = new SharedInformers(cluster.client, cluster.timers, 1)) {
      Informer<ConfigMap> informer =
          informers.informer(CONFIG_MAPS, ListOptions.in("default").labels("app=test"));
      BlockingQueue<String> told = new LinkedBlockingQueue<>();
      informer.addHandler(
          io.kemudi.client.informer.Handlers.each(
              map -> told.add(map.getMetadata().getName() + "=" + map.getDataOrThrow("k"))));
      informers.start();
      assertThat(informers.awaitSync(Duration.ofSeconds(10))).isTrue();
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("a=1");

      cluster.restartFront();
      cluster.client.create(CONFIG_MAPS, map("b", "2"), WriteOptions.NONE);
      assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("b=2");

      cluster.client.update(CONFIG_MAPS, map("b", "3"), WriteOptions.NONE);
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("b=3");
      assertThat(informer.lister().list()).hasSize(2);
    }
  }

  @Test
  void bindingSetsTheNodeOnce() {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("default").setName("p");
    pod.getSpecBuilder().addContainersBuilder().setName("c").setImage("example.com/i:1");
    Pod made = cluster.client.create(PODS, pod.build(), WriteOptions.NONE);
    String uid = made.getMetadata().getUid();

    // The bindings of one batch are independent of each other; so these are two.
    var first =
        cluster.client.bindPods(
            List.of(
                new Binding("default", "p", "another", "n0"),
                new Binding("default", "p", uid, "n1")));
    var second = cluster.client.bindPods(List.of(new Binding("default", "p", uid, "n2")));

    assertThat(first.get(0)).isInstanceOf(Outcome.Refused.class);
    assertThat(first.get(1)).isInstanceOf(Outcome.Done.class);
    assertThat(second).singleElement().isInstanceOf(Outcome.Refused.class);
    assertThat(cluster.client.get(PODS, "default", "p").getSpec().getNodeName()).isEqualTo("n1");
  }

  @Test
  void anEventIsWrittenOnceAndCounted() {
    var recorder = new EventRecorder(cluster.client, "tester", "", cluster.timers);
    ConfigMap made = cluster.client.create(CONFIG_MAPS, map("a", "1"), WriteOptions.NONE);
    recorder.normal(References.to(CONFIG_MAPS, made), "Tested", "it works");
    recorder.flush();
    recorder.normal(References.to(CONFIG_MAPS, made), "Tested", "it works");
    recorder.flush();

    var events = cluster.client.list(EVENTS, ListOptions.in("default")).items();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getCount()).isEqualTo(2);
  }

  @Test
  void aLeaderHoldsARealLease() {
    var elector =
        new LeaderElector(
            cluster.client,
            LeaderElection.of("tests", "me"),
            () -> {},
            () -> {},
            cluster.timers,
            new SplittableRandom(1));
    elector.tick();
    elector.tick();
    assertThat(elector.leading()).isTrue();
    assertThat(cluster.client.get(LEASES, "kube-system", "tests").getSpec().getHolderIdentity())
        .isEqualTo("me");
    elector.close();
    assertThat(cluster.client.get(LEASES, "kube-system", "tests").getSpec().getHolderIdentity())
        .isEmpty();
  }

  private static ConfigMap map(String name, String value) {
    ConfigMap.Builder map = ConfigMap.newBuilder().putData("k", value);
    map.getMetadataBuilder().setNamespace("default").setName(name).putLabels("app", "test");
    return map.build();
  }
}
