package io.kemudi.controllermanager.resourcequota;

import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static io.kemudi.apimachinery.resource.ResourceTypes.RESOURCE_QUOTAS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.quota.Quotas;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ResourceQuota;
import io.kemudi.kubernetes.core.v1.ResourceQuotaStatus;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.time.ManualTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceQuotaReconcilerTest {
  private static final ObjectKey KEY = ObjectKey.of("team", "q");
  private static final ResourceType<PartialObjectMetadata> CONFIG_MAPS =
      ResourceTypes.metadata("", "v1", "configmaps", "ConfigMap", true);

  private final FakeApiClient api = new FakeApiClient();
  private final ResourceQuotaReconciler reconciler =
      new ResourceQuotaReconciler(api, new ManualTime());

  @Test
  void theStatusOfANewQuotaCountsWhatIsThere() {
    pod("runs", "1", "Running");
    pod("done", "1", "Succeeded");
    configMap("a");
    quota("pods", "5", "requests.cpu", "3", "count/pods", "9", "configmaps", "4", "secrets", "1");
    reconciler.reconcile(KEY);
    assertThat(text(status().getHardMap()))
        .isEqualTo("configmaps=4,count/pods=9,pods=5,requests.cpu=3,secrets=1");
    assertThat(text(status().getUsedMap()))
        .isEqualTo("configmaps=1,count/pods=2,pods=1,requests.cpu=1,secrets=0");
  }

  @Test
  void whatIsDeletedIsFree() {
    configMap("a");
    quota("configmaps", "1");
    reconciler.reconcile(KEY);
    assertThat(text(status().getUsedMap())).isEqualTo("configmaps=1");
    api.delete(CONFIG_MAPS, "team", "a", DeleteOptions.NONE);
    reconciler.reconcile(KEY);
    assertThat(text(status().getUsedMap())).isEqualTo("configmaps=0");
  }

  @Test
  void scopesLimitWhatIsCounted() {
    pod("firm", "1", "Running");
    pod("loose", "", "Running");
    ResourceQuota.Builder quota = builder("pods", "5");
    quota.getSpecBuilder().addScopes("BestEffort");
    api.create(RESOURCE_QUOTAS, quota.build(), WriteOptions.NONE);
    reconciler.reconcile(KEY);
    assertThat(text(status().getUsedMap())).isEqualTo("pods=1");
  }

  @Test
  void whatAgreesIsNotWritten() {
    quota("configmaps", "1");
    reconciler.reconcile(KEY);
    String revision = get().getMetadata().getResourceVersion();
    reconciler.reconcile(KEY);
    assertThat(get().getMetadata().getResourceVersion()).isEqualTo(revision);
  }

  private ResourceQuota get() {
    return api.get(RESOURCE_QUOTAS, "team", "q");
  }

  private ResourceQuotaStatus status() {
    return get().getStatus();
  }

  private static String text(Map<String, Quantity> amounts) {
    return Quotas.text(Amounts.of(amounts));
  }

  private void quota(String... hard) {
    api.create(RESOURCE_QUOTAS, builder(hard).build(), WriteOptions.NONE);
  }

  private static ResourceQuota.Builder builder(String... hard) {
    ResourceQuota.Builder quota = ResourceQuota.newBuilder();
    quota.getMetadataBuilder().setNamespace("team").setName("q");
    for (int i = 0; i < hard.length; i += 2) {
      quota.getSpecBuilder().putHard(hard[i], quantity(hard[i + 1]));
    }
    return quota;
  }

  private static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }

  private void pod(String name, String cpu, String phase) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("team").setName(name);
    var container = pod.getSpecBuilder().addContainersBuilder().setName("c");
    if (!cpu.isEmpty()) {
      container.getResourcesBuilder().putRequests("cpu", quantity(cpu));
    }
    pod.getStatusBuilder().setPhase(phase);
    api.create(PODS, pod.build(), WriteOptions.NONE);
  }

  private void configMap(String name) {
    PartialObjectMetadata.Builder object = PartialObjectMetadata.newBuilder();
    object.getMetadataBuilder().setNamespace("team").setName(name);
    api.create(CONFIG_MAPS, object.build(), WriteOptions.NONE);
  }
}
