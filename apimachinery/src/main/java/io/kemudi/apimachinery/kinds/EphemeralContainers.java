package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;

/// Ephemeral containers seen as what they have in common with the others.
final class EphemeralContainers {
  private EphemeralContainers() {}

  static Container common(EphemeralContainer container) {
    var same = container.getEphemeralContainerCommon();
    Container.Builder builder =
        Container.newBuilder()
            .setName(same.getName())
            .setImage(same.getImage())
            .addAllPorts(same.getPortsList())
            .addAllEnvFrom(same.getEnvFromList())
            .addAllEnv(same.getEnvList())
            .setResources(same.getResources())
            .addAllVolumeMounts(same.getVolumeMountsList())
            .addAllVolumeDevices(same.getVolumeDevicesList())
            .setTerminationMessagePolicy(same.getTerminationMessagePolicy())
            .setImagePullPolicy(same.getImagePullPolicy());
    if (same.hasLivenessProbe()) {
      builder.setLivenessProbe(same.getLivenessProbe());
    }
    if (same.hasReadinessProbe()) {
      builder.setReadinessProbe(same.getReadinessProbe());
    }
    if (same.hasStartupProbe()) {
      builder.setStartupProbe(same.getStartupProbe());
    }
    if (same.hasLifecycle()) {
      builder.setLifecycle(same.getLifecycle());
    }
    if (same.hasSecurityContext()) {
      builder.setSecurityContext(same.getSecurityContext());
    }
    return builder.build();
  }
}
