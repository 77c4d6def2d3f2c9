package io.kemudi.controllermanager.volumeprotection;

import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUMES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUME_CLAIMS;
import static io.kemudi.apimachinery.resource.ResourceTypes.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.time.ManualTime;
import org.junit.jupiter.api.Test;

class VolumeProtectionTest {
  private static final ObjectKey CLAIM = ObjectKey.of("team", "c");

  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, new ManualTime(), 1);
  private final ClaimProtectionReconciler claims =
      new ClaimProtectionReconciler(
          api, informers.informer(PERSISTENT_VOLUME_CLAIMS), informers.informer(PODS));
  private final VolumeProtectionReconciler volumes =
      new VolumeProtectionReconciler(api, informers.informer(PERSISTENT_VOLUMES));

  @Test
  void aClaimStaysWhileAPodOnANodeUsesIt() {
    claim(ClaimProtectionReconciler.FINALIZER);
    pod("p", "n1");
    api.delete(PERSISTENT_VOLUME_CLAIMS, "team", "c", DeleteOptions.NONE);
    look();
    assertThat(api.list(PERSISTENT_VOLUME_CLAIMS, ListOptions.ALL).items()).hasSize(1);
    api.delete(PODS, "team", "p", DeleteOptions.NONE);
    look();
    assertThat(api.list(PERSISTENT_VOLUME_CLAIMS, ListOptions.ALL).items()).isEmpty();
  }

  @Test
  void aPodThatIsOnNoNodeHoldsNothing() {
    claim(ClaimProtectionReconciler.FINALIZER);
    pod("p", "");
    api.delete(PERSISTENT_VOLUME_CLAIMS, "team", "c", DeleteOptions.NONE);
    look();
    assertThat(api.list(PERSISTENT_VOLUME_CLAIMS, ListOptions.ALL).items()).isEmpty();
  }

  @Test
  void aClaimFromBeforeIsProtectedToo() {
    claim("example.com/other");
    look();
    assertThat(api.get(PERSISTENT_VOLUME_CLAIMS, "team", "c").getMetadata().getFinalizersList())
        .containsExactly("example.com/other", ClaimProtectionReconciler.FINALIZER);
  }

  @Test
  void aVolumeStaysWhileItIsBound() {
    PersistentVolume.Builder volume = PersistentVolume.newBuilder();
    volume.getMetadataBuilder().setName("v").addFinalizers(VolumeProtectionReconciler.FINALIZER);
    volume.getStatusBuilder().setPhase("Bound");
    api.create(PERSISTENT_VOLUMES, volume.build(), WriteOptions.NONE);
    api.delete(PERSISTENT_VOLUMES, "", "v", DeleteOptions.NONE);
    look();
    PersistentVolume held = api.get(PERSISTENT_VOLUMES, "", "v");
    var released = held.toBuilder();
    released.getStatusBuilder().setPhase("Released");
    api.updateSubresource(PERSISTENT_VOLUMES, "status", released.build(), WriteOptions.NONE);
    look();
    assertThat(api.list(PERSISTENT_VOLUMES, ListOptions.ALL).items()).isEmpty();
  }

  private void look() {
    while (informers.step()) {
      // until nothing is new
    }
    claims.reconcile(CLAIM);
    volumes.reconcile(ObjectKey.of("", "v"));
  }

  private void claim(String finalizer) {
    PersistentVolumeClaim.Builder claim = PersistentVolumeClaim.newBuilder();
    claim.getMetadataBuilder().setNamespace("team").setName("c").addFinalizers(finalizer);
    api.create(PERSISTENT_VOLUME_CLAIMS, claim.build(), WriteOptions.NONE);
  }

  private void pod(String name, String node) {
    Pod.Builder pod = Pod.newBuilder();
    pod.getMetadataBuilder().setNamespace("team").setName(name);
    pod.getSpecBuilder().setNodeName(node);
    pod.getSpecBuilder()
        .addVolumesBuilder()
        .setName("d")
        .getVolumeSourceBuilder()
        .getPersistentVolumeClaimBuilder()
        .setClaimName("c");
    api.create(PODS, pod.build(), WriteOptions.NONE);
  }
}
