package io.kemudi.controllermanager.namespace;

import static io.kemudi.apimachinery.resource.ResourceTypes.NAMESPACES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler.Result;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.controllermanager.customresource.CustomResources;
import io.kemudi.controllermanager.customresource.Widgets;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.ManualTime;
import org.junit.jupiter.api.Test;

class NamespaceReconcilerTest {
  private static final ResourceType<PartialObjectMetadata> PODS =
      ResourceTypes.metadata("", "v1", "pods", "Pod", true);
  private static final ResourceType<PartialObjectMetadata> CONFIG_MAPS =
      ResourceTypes.metadata("", "v1", "configmaps", "ConfigMap", true);
  private static final ObjectKey KEY = ObjectKey.of("", "team");

  private final ManualTime time = new ManualTime();
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, time, 1);
  private final NamespaceReconciler reconciler =
      new NamespaceReconciler(
          api,
          informers.informer(NAMESPACES),
          informers.informer(CustomResources.DEFINITIONS),
          time);

  @Test
  void podsGoBeforeWhatTheyUse() {
    namespace();
    create(PODS, "stays", "example.com/wait");
    create(CONFIG_MAPS, "config", "");
    api.delete(NAMESPACES, "", "team", DeleteOptions.NONE);

    assertThat(look()).isInstanceOf(Result.After.class);
    assertThat(api.list(CONFIG_MAPS, ListOptions.in("team")).items()).hasSize(1);
    assertThat(api.get(NAMESPACES, "", "team").getStatus().getConditionsList())
        .filteredOn(c -> c.getStatus().equals("True"))
        .extracting(c -> c.getType() + ": " + c.getMessage())
        .containsExactly(
            "NamespaceContentRemaining: Some resources are remaining: pods. has 1 resource"
                + " instances",
            "NamespaceFinalizersRemaining: Some content in the namespace has finalizers remaining:"
                + " example.com/wait in 1 resource instances");

    PartialObjectMetadata pod = api.get(PODS, "team", "stays");
    var free = pod.toBuilder();
    free.getMetadataBuilder().clearFinalizers();
    api.update(PODS, free.build(), WriteOptions.NONE);
    assertThat(look()).isEqualTo(Result.DONE);
    assertThat(api.list(CONFIG_MAPS, ListOptions.in("team")).items()).isEmpty();
    assertThat(api.get(NAMESPACES, "", "team").getSpec().getFinalizersList()).isEmpty();
  }

  @Test
  void customObjectsGoWithTheirNamespace() {
    namespace();
    api.create(CustomResources.DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    create(Widgets.V1, "stays", "example.com/wait");
    create(Widgets.V1, "goes", "");
    api.delete(NAMESPACES, "", "team", DeleteOptions.NONE);

    assertThat(look()).isInstanceOf(Result.After.class);
    assertThat(api.list(Widgets.V1, ListOptions.ALL).items())
        .extracting(w -> w.getMetadata().getName())
        .containsExactly("stays");
    assertThat(api.get(NAMESPACES, "", "team").getStatus().getConditionsList())
        .extracting(c -> c.getMessage())
        .contains("Some resources are remaining: widgets.example.com has 1 resource instances");

    var free = api.get(Widgets.V1, "team", "stays").toBuilder();
    free.getMetadataBuilder().clearFinalizers();
    api.update(Widgets.V1, free.build(), WriteOptions.NONE);
    assertThat(look()).isEqualTo(Result.DONE);
    assertThat(api.get(NAMESPACES, "", "team").getSpec().getFinalizersList()).isEmpty();
  }

  @Test
  void aDefinitionThatTheLocalCopyDoesNotShowYetLeavesNothingBehind() {
    namespace();
    api.delete(NAMESPACES, "", "team", DeleteOptions.NONE);
    while (informers.step()) {
      // until nothing is new
    }
    api.create(CustomResources.DEFINITIONS, Widgets.definition("v1"), WriteOptions.NONE);
    create(Widgets.V1, "late", "");

    assertThat(reconciler.reconcile(KEY)).isEqualTo(Result.DONE);
    assertThat(api.list(Widgets.V1, ListOptions.ALL).items()).isEmpty();
  }

  @Test
  void aNamespaceThatIsNotDeletedKeepsEverything() {
    namespace();
    create(CONFIG_MAPS, "config", "");
    assertThat(look()).isEqualTo(Result.DONE);
    assertThat(api.list(CONFIG_MAPS, ListOptions.in("team")).items()).hasSize(1);
  }

  private Result look() {
    while (informers.step()) {
      // until nothing is new
    }
    return reconciler.reconcile(KEY);
  }

  private void namespace() {
    var namespace = Namespace.newBuilder();
    // The fake knows finalizers of metadata only; the namespace's own keeps it for this test.
    namespace.getMetadataBuilder().setName("team").addFinalizers("test");
    namespace.getSpecBuilder().addFinalizers("kubernetes");
    api.create(NAMESPACES, namespace.build(), WriteOptions.NONE);
  }

  private void create(ResourceType<PartialObjectMetadata> type, String name, String finalizer) {
    var object = PartialObjectMetadata.newBuilder();
    object.getMetadataBuilder().setNamespace("team").setName(name);
    if (!finalizer.isEmpty()) {
      object.getMetadataBuilder().addFinalizers(finalizer);
    }
    api.create(type, object.build(), WriteOptions.NONE);
  }
}
