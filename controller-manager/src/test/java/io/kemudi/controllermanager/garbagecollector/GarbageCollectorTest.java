package io.kemudi.controllermanager.garbagecollector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.BackoffWorkQueue;
import io.kemudi.client.controller.Controller;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Over ConfigMaps, as metadata: the collector does not care for kinds.
class GarbageCollectorTest {
  private static final ResourceType<PartialObjectMetadata> CONFIG_MAPS =
      ResourceTypes.metadata("", "v1", "configmaps", "ConfigMap", true);

  private final ManualTime time = new ManualTime();
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, time, 1);
  private final GarbageCollector collector = new GarbageCollector(api, informers);
  private final BackoffWorkQueue<GarbageCollector.Key> queue = new BackoffWorkQueue<>(time);
  private final Controller<GarbageCollector.Key> controller;

  GarbageCollectorTest() {
    collector.feed(queue);
    controller = new Controller<>("test", queue, collector, collector.reads(), 1, time);
  }

  @Test
  void takesWhatItsLastOwnerLeavesAndWhatHangsOnThat() throws Exception {
    PartialObjectMetadata owner = create("owner");
    PartialObjectMetadata child = create("child", owner);
    create("grandchild", child);
    create("stranger");
    settle();
    assertThat(names()).hasSize(4);

    delete("owner");
    settle();
    assertThat(names()).containsExactly("stranger");
  }

  @Test
  void keepsWhatAnotherOwnerStillHas() throws Exception {
    PartialObjectMetadata one = create("one");
    PartialObjectMetadata two = create("two");
    create("shared", one, two);
    settle();
    api.patchWith((before, _) -> {
      var without = ((PartialObjectMetadata) before).toBuilder();
      without.getMetadataBuilder().removeOwnerReferences(0);
      return without.build();
    });

    delete("one");
    settle();
    assertThat(names()).containsExactly("shared", "two");
  }

  @Test
  void anOwnerOfTheSameNameButAnotherUidIsNoOwner() throws Exception {
    PartialObjectMetadata owner = create("owner");
    delete("owner");
    create("owner");
    create("child", owner);
    settle();
    assertThat(names()).containsExactly("owner");
  }

  @Test
  void triesAgainWhatTheServerRefused() throws Exception {
    PartialObjectMetadata owner = create("owner");
    create("child", owner);
    settle();
    api.refuse((verb, object) ->
        verb.equals("delete") && object.endsWith("/child")
            ? new ApiException(StatusReason.SERVICE_UNAVAILABLE, "not now")
            : null);
    delete("owner");
    settle();
    assertThat(names()).containsExactly("child");

    api.refuse((_, _) -> null);
    time.advance(Duration.ofMinutes(1));
    settle();
    assertThat(names()).isEmpty();
  }

  private void settle() throws InterruptedException {
    for (boolean moved = true; moved; ) {
      moved = informers.step();
      moved |= controller.processNext();
    }
  }

  private PartialObjectMetadata create(String name, PartialObjectMetadata... owners) {
    var map = PartialObjectMetadata.newBuilder();
    map.getMetadataBuilder().setNamespace("default").setName(name);
    for (PartialObjectMetadata owner : owners) {
      map.getMetadataBuilder()
          .addOwnerReferencesBuilder()
          .setApiVersion("v1")
          .setKind("ConfigMap")
          .setName(owner.getMetadata().getName())
          .setUid(owner.getMetadata().getUid());
    }
    return api.create(CONFIG_MAPS, map.build(), WriteOptions.NONE);
  }

  private void delete(String name) {
    api.delete(CONFIG_MAPS, "default", name, DeleteOptions.NONE);
  }

  private List<String> names() {
    return api.list(CONFIG_MAPS, ListOptions.in("default")).items().stream()
        .map(m -> m.getMetadata().getName())
        .sorted()
        .toList();
  }
}
