package io.kemudi.controllermanager.garbagecollector;

import static io.kemudi.controllermanager.customresource.CustomResources.DEFINITIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
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
import io.kemudi.controllermanager.customresource.Widgets;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.meta.v1.OwnerReference;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.ManualTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Custom objects as owners and as dependents, while definitions come and go.
class CustomOwnersTest {
  private static final ResourceType<PartialObjectMetadata> CONFIG_MAPS =
      ResourceTypes.metadata("", "v1", "configmaps", "ConfigMap", true);

  private final ManualTime time = new ManualTime();
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, time, 1);
  private final GarbageCollector collector = new GarbageCollector(api, informers);
  private final BackoffWorkQueue<GarbageCollector.Key> queue = new BackoffWorkQueue<>(time);
  private final Controller<GarbageCollector.Key> controller;

  CustomOwnersTest() {
    collector.feed(queue);
    controller = new Controller<>("test", queue, collector, collector.reads(), 1, time);
    api.patchWith((before, patch) -> {
      var after = ((PartialObjectMetadata) before).toBuilder();
      var metadata = Trees.child(Json.parseObject(patch.body()), "metadata");
      if (metadata.get("finalizers") instanceof List<?> left && left.isEmpty()) {
        after.getMetadataBuilder().clearFinalizers();
      }
      if (metadata.get("ownerReferences") instanceof List<?> left && left.isEmpty()) {
        after.getMetadataBuilder().clearOwnerReferences();
      }
      return after.build();
    });
  }

  @Test
  void aCustomOwnerTakesItsDependentsAlong() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    PartialObjectMetadata owner = create(Widgets.V1, "owner");
    PartialObjectMetadata part = create(Widgets.V1, "part", by(Widgets.V1, owner));
    create(CONFIG_MAPS, "settings", by(Widgets.V1, part));
    settle();
    assertThat(names(CONFIG_MAPS)).containsExactly("settings");

    api.delete(Widgets.V1, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(names(Widgets.V1)).isEmpty();
    assertThat(names(CONFIG_MAPS)).isEmpty();
  }

  @Test
  void aBuiltInOwnerTakesCustomDependentsAlong() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    PartialObjectMetadata owner = create(CONFIG_MAPS, "owner");
    create(Widgets.V1, "part", by(CONFIG_MAPS, owner));
    settle();
    api.delete(CONFIG_MAPS, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(names(Widgets.V1)).isEmpty();
  }

  @Test
  void inTheForegroundCustomDependentsGoFirst() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    PartialObjectMetadata owner = create(CONFIG_MAPS, "owner", "foregroundDeletion");
    create(Widgets.V1, "part", by(CONFIG_MAPS, owner).toBuilder().setBlockOwnerDeletion(true));
    settle();
    api.refuse((verb, what) ->
        verb.equals("delete") && what.equals("widgets/part")
            ? new ApiException(StatusReason.SERVICE_UNAVAILABLE, "not now")
            : null);
    api.delete(CONFIG_MAPS, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(owner().getFinalizersList()).containsExactly("foregroundDeletion");

    api.refuse((_, _) -> null);
    time.advance(java.time.Duration.ofMinutes(1));
    settle();
    assertThat(names(Widgets.V1)).isEmpty();
    assertThat(owner().getFinalizersList()).isEmpty();
  }

  @Test
  void anOrphanedDependentLosesItsOwnerAndStays() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    PartialObjectMetadata owner = create(CONFIG_MAPS, "owner", "orphan");
    create(Widgets.V1, "part", by(CONFIG_MAPS, owner));
    settle();
    api.delete(CONFIG_MAPS, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(owner().getFinalizersList()).isEmpty();
    assertThat(api.get(Widgets.V1, "default", "part").getMetadata().getOwnerReferencesList())
        .isEmpty();
  }

  @Test
  void nothingGoesForAnOwnerOfAKindThatIsNotServedYet() throws Exception {
    CustomResourceDefinition early =
        api.create(DEFINITIONS, Widgets.notYetServed(), WriteOptions.NONE);
    PartialObjectMetadata never =
        PartialObjectMetadata.newBuilder()
            .setMetadata(
                io.kemudi.kubernetes.meta.v1.ObjectMeta.newBuilder()
                    .setName("never")
                    .setUid("no-such-uid"))
            .build();
    create(CONFIG_MAPS, "settings", by(Widgets.V1, never));
    settle();
    assertThat(names(CONFIG_MAPS)).containsExactly("settings");

    api.update(
        DEFINITIONS,
        Widgets.definition("v1").toBuilder().setMetadata(early.getMetadata()).build(),
        WriteOptions.NONE);
    settle();
    assertThat(names(CONFIG_MAPS)).isEmpty();
  }

  @Test
  void dependentsGoWhenTheDefinitionHasGoneWithTheirOwners() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    create(CONFIG_MAPS, "settings", by(Widgets.V1, create(Widgets.V1, "owner")));
    settle();
    // The definition's end is told before its objects', as watches are not ordered among
    // themselves.
    api.delete(DEFINITIONS, "", "widgets.example.com", DeleteOptions.NONE);
    while (informers.step()) {
      // until nothing is new
    }
    api.delete(Widgets.V1, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(names(CONFIG_MAPS)).isEmpty();
  }

  @Test
  void dependentsStayWhenTheDefinitionWentWithoutTheirOwners() throws Exception {
    api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    create(CONFIG_MAPS, "settings", by(Widgets.V1, create(Widgets.V1, "owner")));
    settle();
    api.delete(DEFINITIONS, "", "widgets.example.com", DeleteOptions.NONE);
    settle();
    assertThat(names(CONFIG_MAPS)).containsExactly("settings");
  }

  @Test
  void followsAResourceIntoAnotherVersion() throws Exception {
    CustomResourceDefinition before =
        api.create(DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    settle();
    api.update(
        DEFINITIONS,
        Widgets.definition("v2").toBuilder().setMetadata(before.getMetadata()).build(),
        WriteOptions.NONE);
    settle();
    create(CONFIG_MAPS, "settings", by(Widgets.V1, create(Widgets.V2, "owner")));
    settle();
    assertThat(names(CONFIG_MAPS)).containsExactly("settings");

    api.delete(Widgets.V2, "default", "owner", DeleteOptions.NONE);
    settle();
    assertThat(names(CONFIG_MAPS)).isEmpty();
  }

  private io.kemudi.kubernetes.meta.v1.ObjectMeta owner() {
    return api.get(CONFIG_MAPS, "default", "owner").getMetadata();
  }

  private void settle() throws InterruptedException {
    for (boolean moved = true; moved; ) {
      moved = informers.step();
      moved |= controller.processNext();
    }
  }

  private PartialObjectMetadata create(
      ResourceType<PartialObjectMetadata> type, String name, String... finalizers) {
    var object = PartialObjectMetadata.newBuilder();
    object.getMetadataBuilder().addAllFinalizers(List.of(finalizers));
    return create(type, name, object);
  }

  private PartialObjectMetadata create(
      ResourceType<PartialObjectMetadata> type, String name, OwnerReference owner) {
    return create(type, name, owner.toBuilder());
  }

  private PartialObjectMetadata create(
      ResourceType<PartialObjectMetadata> type, String name, OwnerReference.Builder owner) {
    var object = PartialObjectMetadata.newBuilder();
    object.getMetadataBuilder().addOwnerReferences(owner);
    return create(type, name, object);
  }

  private PartialObjectMetadata create(
      ResourceType<PartialObjectMetadata> type, String name, PartialObjectMetadata.Builder object) {
    object.getMetadataBuilder().setNamespace("default").setName(name);
    return api.create(type, object.build(), WriteOptions.NONE);
  }

  private static OwnerReference by(
      ResourceType<PartialObjectMetadata> type, PartialObjectMetadata owner) {
    return OwnerReference.newBuilder()
        .setApiVersion(type.apiVersion())
        .setKind(type.kind())
        .setName(owner.getMetadata().getName())
        .setUid(owner.getMetadata().getUid())
        .build();
  }

  private List<String> names(ResourceType<PartialObjectMetadata> type) {
    return api.list(type, ListOptions.in("default")).items().stream()
        .map(m -> m.getMetadata().getName())
        .sorted()
        .toList();
  }
}
