package io.kemudi.controllermanager.volumebinding;

import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUMES;
import static io.kemudi.apimachinery.resource.ResourceTypes.PERSISTENT_VOLUME_CLAIMS;
import static io.kemudi.apimachinery.resource.ResourceTypes.STORAGE_CLASSES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.FakeApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.client.volumes.VolumeClaims;
import io.kemudi.kubernetes.core.v1.PersistentVolume;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.kubernetes.storage.v1.StorageClass;
import io.kemudi.time.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeBindingTest {
  private final FakeApiClient api = new FakeApiClient();
  private final SharedInformers informers = new SharedInformers(api, new ManualTime(), 1);
  private final List<String> told = new ArrayList<>();
  private final ClaimBinder binder =
      new ClaimBinder(
          api,
          informers.informer(PERSISTENT_VOLUME_CLAIMS),
          informers.informer(PERSISTENT_VOLUMES),
          informers.informer(STORAGE_CLASSES),
          (_, type, reason, message) -> told.add(type + " " + reason + ": " + message));
  private final VolumePhases phases =
      new VolumePhases(
          api,
          informers.informer(PERSISTENT_VOLUMES),
          informers.informer(PERSISTENT_VOLUME_CLAIMS),
          (_, type, reason, message) -> told.add(type + " " + reason + ": " + message));

  private static PersistentVolume.Builder volume(String name, String size) {
    PersistentVolume.Builder volume = PersistentVolume.newBuilder();
    volume.getMetadataBuilder().setName(name);
    volume
        .getSpecBuilder()
        .putCapacity("storage", quantity(size))
        .addAccessModes("ReadWriteOnce")
        .setPersistentVolumeReclaimPolicy("Retain")
        .getPersistentVolumeSourceBuilder()
        .getHostPathBuilder()
        .setPath("/data/" + name);
    return volume;
  }

  private static PersistentVolumeClaim.Builder claim(String name, String size) {
    PersistentVolumeClaim.Builder claim = PersistentVolumeClaim.newBuilder();
    claim.getMetadataBuilder().setNamespace("team").setName(name);
    claim
        .getSpecBuilder()
        .addAccessModes("ReadWriteOnce")
        .getResourcesBuilder()
        .putRequests("storage", quantity(size));
    return claim;
  }

  private static Quantity quantity(String text) {
    return Quantity.newBuilder().setString(text).build();
  }

  private void create(PersistentVolume.Builder... volumes) {
    for (PersistentVolume.Builder volume : volumes) {
      api.create(PERSISTENT_VOLUMES, volume.build(), WriteOptions.NONE);
    }
    settle();
  }

  private void create(PersistentVolumeClaim.Builder claim) {
    api.create(PERSISTENT_VOLUME_CLAIMS, claim.build(), WriteOptions.NONE);
    settle();
  }

  private void storageClass(String name, String provisioner, String mode) {
    StorageClass.Builder made = StorageClass.newBuilder();
    made.getMetadataBuilder().setName(name);
    made.setProvisioner(provisioner).setVolumeBindingMode(mode);
    api.create(STORAGE_CLASSES, made.build(), WriteOptions.NONE);
  }

  /// As the queues would: everything is looked at a few times.
  private void settle() {
    for (int round = 0; round < 5; round++) {
      look();
      informers
          .informer(PERSISTENT_VOLUME_CLAIMS)
          .lister()
          .list()
          .forEach(claim -> attempt(() -> binder.reconcile(PERSISTENT_VOLUME_CLAIMS.key(claim))));
      look();
      informers
          .informer(PERSISTENT_VOLUMES)
          .lister()
          .list()
          .forEach(volume -> attempt(() -> phases.reconcile(PERSISTENT_VOLUMES.key(volume))));
    }
    look();
  }

  private void look() {
    while (informers.step()) {
      // until nothing is new
    }
  }

  /// A conflict is tried again, as by the queue.
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (ApiException e) {
      assertThat(e.text()).contains("modified");
    }
  }

  private PersistentVolumeClaim claim(String name) {
    return api.get(PERSISTENT_VOLUME_CLAIMS, "team", name);
  }

  private PersistentVolume volume(String name) {
    return api.get(PERSISTENT_VOLUMES, "", name);
  }

  @Test
  void bindsAClaimToTheSmallestVolumeThatSuits() {
    PersistentVolume.Builder shared = volume("shared", "1Gi");
    shared.getSpecBuilder().clearAccessModes().addAccessModes("ReadOnlyMany");
    PersistentVolume.Builder block = volume("block", "1Gi");
    block.getSpecBuilder().setVolumeMode("Block");
    PersistentVolume.Builder fast = volume("fast", "1Gi");
    fast.getSpecBuilder().setStorageClassName("fast");
    create(volume("big", "10Gi"), volume("middle", "2Gi"), volume("tiny", "1Mi"));
    create(shared, block, fast);
    assertThat(volume("middle").getStatus().getPhase()).isEqualTo("Available");

    create(claim("c", "1Gi"));

    assertThat(claim("c").getSpec().getVolumeName()).isEqualTo("middle");
    assertThat(claim("c").getStatus().getPhase()).isEqualTo("Bound");
    assertThat(claim("c").getStatus().getCapacityMap()).containsEntry("storage", quantity("2Gi"));
    assertThat(claim("c").getMetadata().getAnnotationsMap())
        .containsKeys(VolumeClaims.BIND_COMPLETED, VolumeClaims.BOUND_BY_CONTROLLER);
    assertThat(volume("middle").getStatus().getPhase()).isEqualTo("Bound");
    assertThat(volume("middle").getSpec().getClaimRef().getUid())
        .isEqualTo(claim("c").getMetadata().getUid());
    assertThat(volume("big").getStatus().getPhase()).isEqualTo("Available");
  }

  @Test
  void twoClaimsNeverShareAVolume() {
    create(volume("one", "1Gi"));
    create(claim("a", "1Gi"));
    create(claim("b", "1Gi"));

    assertThat(claim("a").getStatus().getPhase()).isEqualTo("Bound");
    assertThat(claim("b").getStatus().getPhase()).isEqualTo("Pending");
    assertThat(told)
        .contains(
            "Normal FailedBinding: no persistent volumes available for this claim and no storage"
                + " class is set");
  }

  @Test
  void honoursSelectorsAndPromises() {
    PersistentVolume.Builder labelled = volume("labelled", "5Gi");
    labelled.getMetadataBuilder().putLabels("disk", "ssd");
    PersistentVolume.Builder promised = volume("promised", "5Gi");
    promised.getSpecBuilder().getClaimRefBuilder().setNamespace("team").setName("mine");
    create(volume("small", "1Gi"), labelled, promised);
    PersistentVolumeClaim.Builder choosy = claim("choosy", "1Gi");
    choosy.getSpecBuilder().getSelectorBuilder().putMatchLabels("disk", "ssd");

    create(choosy);
    create(claim("mine", "1Gi"));

    assertThat(claim("choosy").getSpec().getVolumeName()).isEqualTo("labelled");
    assertThat(claim("mine").getSpec().getVolumeName()).isEqualTo("promised");
  }

  @Test
  void aClaimThatNamesItsVolumeGetsThatOrAReason() {
    create(volume("one", "1Gi"), volume("two", "1Gi"));
    PersistentVolumeClaim.Builder exact = claim("exact", "1Gi");
    exact.getSpecBuilder().setVolumeName("two");
    create(exact);
    PersistentVolumeClaim.Builder late = claim("late", "1Gi");
    late.getSpecBuilder().setVolumeName("two");
    create(late);
    PersistentVolumeClaim.Builder greedy = claim("greedy", "2Gi");
    greedy.getSpecBuilder().setVolumeName("one");
    create(greedy);

    assertThat(claim("exact").getStatus().getPhase()).isEqualTo("Bound");
    assertThat(told)
        .contains(
            "Warning FailedBinding: volume \"two\" already bound to a different claim.",
            "Warning VolumeMismatch: Cannot bind to requested volume \"one\": requested PV is too"
                + " small");
  }

  @Test
  void aClassThatWaitsBindsNothingUntilTheSchedulerHasChosen() {
    storageClass("local", VolumeClaims.NO_PROVISIONER, "WaitForFirstConsumer");
    PersistentVolume.Builder local = volume("l", "1Gi");
    local.getSpecBuilder().setStorageClassName("local");
    create(local);
    PersistentVolumeClaim.Builder waiting = claim("w", "1Gi");
    waiting.getSpecBuilder().setStorageClassName("local");
    create(waiting);
    assertThat(claim("w").getStatus().getPhase()).isEqualTo("Pending");
    assertThat(told)
        .contains(
            "Normal WaitForFirstConsumer: waiting for first consumer to be created before binding");

    // What the scheduler does for a pod: it promises the volume.
    var chosen = volume("l").toBuilder();
    chosen
        .getSpecBuilder()
        .getClaimRefBuilder()
        .setNamespace("team")
        .setName("w")
        .setUid(claim("w").getMetadata().getUid());
    api.update(PERSISTENT_VOLUMES, chosen.build(), WriteOptions.NONE);
    settle();

    assertThat(claim("w").getStatus().getPhase()).isEqualTo("Bound");
  }

  @Test
  void anOutsiderIsAskedForAVolumeOnceTheNodeIsChosen() {
    storageClass("csi", "disk.example.com", "WaitForFirstConsumer");
    PersistentVolumeClaim.Builder waiting = claim("w", "1Gi");
    waiting.getSpecBuilder().setStorageClassName("csi");
    create(waiting);
    assertThat(claim("w").getMetadata().getAnnotationsMap())
        .doesNotContainKey(VolumeClaims.PROVISIONER);

    var chosen = claim("w").toBuilder();
    chosen.getMetadataBuilder().putAnnotations(VolumeClaims.SELECTED_NODE, "n1");
    api.update(PERSISTENT_VOLUME_CLAIMS, chosen.build(), WriteOptions.NONE);
    settle();

    assertThat(claim("w").getMetadata().getAnnotationsMap())
        .containsEntry(VolumeClaims.PROVISIONER, "disk.example.com");
    assertThat(told).anyMatch(one -> one.startsWith("Normal ExternalProvisioning: Waiting for"));
  }

  @Test
  void aVolumeWhoseClaimIsGoneIsReleasedOrSaysWhyItCannotBeDeleted() {
    PersistentVolume.Builder deleted = volume("d", "2Gi");
    deleted.getSpecBuilder().setPersistentVolumeReclaimPolicy("Delete");
    create(volume("kept", "1Gi"), deleted);
    create(claim("a", "1Gi"));
    create(claim("b", "2Gi"));
    api.delete(PERSISTENT_VOLUME_CLAIMS, "team", "a", DeleteOptions.NONE);
    api.delete(PERSISTENT_VOLUME_CLAIMS, "team", "b", DeleteOptions.NONE);
    settle();

    assertThat(volume("kept").getStatus().getPhase()).isEqualTo("Released");
    assertThat(volume("d").getStatus().getPhase()).isEqualTo("Failed");
    String why =
        "error getting deleter volume plugin for volume \"d\": no deletable volume plugin matched";
    assertThat(volume("d").getStatus().getMessage()).isEqualTo(why);
    assertThat(told).containsOnlyOnce("Warning VolumeFailedDelete: " + why);

    create(claim("a", "1Gi"));
    assertThat(claim("a").getStatus().getPhase())
        .as("another claim of that name does not get its data")
        .isEqualTo("Pending");
  }

  @Test
  void aClaimWhoseVolumeIsGoneIsLost() {
    create(volume("v", "1Gi"));
    create(claim("c", "1Gi"));
    api.delete(PERSISTENT_VOLUMES, "", "v", DeleteOptions.NONE);
    look();
    binder.reconcile(ObjectKey.of("team", "c"));

    assertThat(claim("c").getStatus().getPhase()).isEqualTo("Lost");
    assertThat(told)
        .contains(
            "Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is"
                + " lost!");
  }
}
