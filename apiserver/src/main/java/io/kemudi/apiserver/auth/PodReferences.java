package io.kemudi.apiserver.auth;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EnvFromSource;
import io.kemudi.kubernetes.core.v1.EnvVar;
import io.kemudi.kubernetes.core.v1.EphemeralContainerCommon;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import java.util.List;

/// Whether a pod needs an object of its namespace. One visitor over all container lists, so that no
/// list is forgotten (CVE-2023-2727).
final class PodReferences {
  private PodReferences() {}

  static boolean has(Pod pod, String resource, String name) {
    PodSpec spec = pod.getSpec();
    return switch (resource) {
      case "serviceaccounts" -> spec.getServiceAccountName().equals(name);
      case "secrets" -> secret(spec, name);
      case "configmaps" -> configMap(spec, name);
      case "persistentvolumeclaims" -> claim(pod, name);
      default -> false;
    };
  }

  private static boolean secret(PodSpec spec, String name) {
    if (spec.getImagePullSecretsList().stream().anyMatch(each -> each.getName().equals(name))) {
      return true;
    }
    for (Volume volume : spec.getVolumesList()) {
      VolumeSource source = volume.getVolumeSource();
      if (source.getSecret().getSecretName().equals(name)
          || source.getCsi().getNodePublishSecretRef().getName().equals(name)
          || source.getIscsi().getSecretRef().getName().equals(name)
          || source.getRbd().getSecretRef().getName().equals(name)
          || source.getCephfs().getSecretRef().getName().equals(name)
          || source.getFlexVolume().getSecretRef().getName().equals(name)
          || source.getAzureFile().getSecretName().equals(name)) {
        return true;
      }
      for (VolumeProjection part : source.getProjected().getSourcesList()) {
        if (part.getSecret().getLocalObjectReference().getName().equals(name)) {
          return true;
        }
      }
    }
    return anyEnvironment(
        spec,
        variable ->
            variable
                .getValueFrom()
                .getSecretKeyRef()
                .getLocalObjectReference()
                .getName()
                .equals(name),
        source -> source.getSecretRef().getLocalObjectReference().getName().equals(name));
  }

  private static boolean configMap(PodSpec spec, String name) {
    for (Volume volume : spec.getVolumesList()) {
      VolumeSource source = volume.getVolumeSource();
      if (source.getConfigMap().getLocalObjectReference().getName().equals(name)) {
        return true;
      }
      for (VolumeProjection part : source.getProjected().getSourcesList()) {
        if (part.getConfigMap().getLocalObjectReference().getName().equals(name)) {
          return true;
        }
      }
    }
    return anyEnvironment(
        spec,
        variable ->
            variable
                .getValueFrom()
                .getConfigMapKeyRef()
                .getLocalObjectReference()
                .getName()
                .equals(name),
        source -> source.getConfigMapRef().getLocalObjectReference().getName().equals(name));
  }

  private static boolean claim(Pod pod, String name) {
    for (Volume volume : pod.getSpec().getVolumesList()) {
      VolumeSource source = volume.getVolumeSource();
      if (source.getPersistentVolumeClaim().getClaimName().equals(name)
          || (source.hasEphemeral()
              && name.equals(pod.getMetadata().getName() + "-" + volume.getName()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyEnvironment(
      PodSpec spec,
      java.util.function.Predicate<EnvVar> variable,
      java.util.function.Predicate<EnvFromSource> source) {
    for (List<Container> containers :
        List.of(spec.getInitContainersList(), spec.getContainersList())) {
      for (Container container : containers) {
        if (container.getEnvList().stream().anyMatch(variable)
            || container.getEnvFromList().stream().anyMatch(source)) {
          return true;
        }
      }
    }
    for (var ephemeral : spec.getEphemeralContainersList()) {
      EphemeralContainerCommon common = ephemeral.getEphemeralContainerCommon();
      if (common.getEnvList().stream().anyMatch(variable)
          || common.getEnvFromList().stream().anyMatch(source)) {
        return true;
      }
    }
    return false;
  }
}
