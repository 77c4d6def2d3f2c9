package io.kemudi.apimachinery.pods;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EnvFromSource;
import io.kemudi.kubernetes.core.v1.EnvVar;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodResourceClaim;
import io.kemudi.kubernetes.core.v1.PodResourceClaimStatus;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import java.util.LinkedHashSet;
import java.util.Set;

/// All objects that a pod refers to, whichever container list or volume source names them. The one
/// place that knows where references are: who grants or forbids by reference asks here.
public final class PodReferences {
  private final Set<Reference> found = new LinkedHashSet<>();

  private PodReferences() {}

  /// An object of the pod's namespace (or, for `clustertrustbundles`, of the cluster). `name` is ""
  /// where the pod selects without naming, or names nothing.
  public record Reference(String resource, String name) {}

  /// In the order of the specification, each once. Objects that are made for the pod count: the
  /// claims of ephemeral volumes and of resource claim templates.
  public static Set<Reference> of(Pod pod) {
    PodReferences references = new PodReferences();
    references.visit(pod);
    return references.found;
  }

  private void visit(Pod pod) {
    PodSpec spec = pod.getSpec();
    named("serviceaccounts", spec.getServiceAccountName());
    spec.getImagePullSecretsList().forEach(secret -> named("secrets", secret.getName()));
    for (Volume volume : spec.getVolumesList()) {
      volume(pod, volume);
    }
    for (Container container : PodContainers.all(spec)) {
      container.getEnvList().forEach(this::variable);
      container.getEnvFromList().forEach(this::variables);
    }
    for (PodResourceClaim claim : spec.getResourceClaimsList()) {
      named("resourceclaims", claim.getResourceClaimName());
      named("resourceclaimtemplates", claim.getResourceClaimTemplateName());
    }
    for (PodResourceClaimStatus claim : pod.getStatus().getResourceClaimStatusesList()) {
      named("resourceclaims", claim.getResourceClaimName());
    }
    named(
        "resourceclaims", pod.getStatus().getExtendedResourceClaimStatus().getResourceClaimName());
  }

  private void named(String resource, String name) {
    if (!name.isEmpty()) {
      found.add(new Reference(resource, name));
    }
  }

  /// A source that is there counts even when it names nothing.
  private void source(boolean present, String resource, String name) {
    if (present) {
      found.add(new Reference(resource, name));
    }
  }

  private void volume(Pod pod, Volume volume) {
    VolumeSource source = volume.getVolumeSource();
    source(source.hasSecret(), "secrets", source.getSecret().getSecretName());
    source(source.hasAzureFile(), "secrets", source.getAzureFile().getSecretName());
    source(
        source.getCephfs().hasSecretRef(), "secrets", source.getCephfs().getSecretRef().getName());
    source(
        source.getCinder().hasSecretRef(), "secrets", source.getCinder().getSecretRef().getName());
    source(
        source.getFlexVolume().hasSecretRef(),
        "secrets",
        source.getFlexVolume().getSecretRef().getName());
    source(source.getIscsi().hasSecretRef(), "secrets", source.getIscsi().getSecretRef().getName());
    source(source.getRbd().hasSecretRef(), "secrets", source.getRbd().getSecretRef().getName());
    source(
        source.getScaleIO().hasSecretRef(),
        "secrets",
        source.getScaleIO().getSecretRef().getName());
    source(
        source.getStorageos().hasSecretRef(),
        "secrets",
        source.getStorageos().getSecretRef().getName());
    source(
        source.getCsi().hasNodePublishSecretRef(),
        "secrets",
        source.getCsi().getNodePublishSecretRef().getName());
    source(
        source.hasConfigMap(),
        "configmaps",
        source.getConfigMap().getLocalObjectReference().getName());
    source(
        source.hasPersistentVolumeClaim(),
        "persistentvolumeclaims",
        source.getPersistentVolumeClaim().getClaimName());
    source(
        source.hasEphemeral(),
        "persistentvolumeclaims",
        pod.getMetadata().getName() + "-" + volume.getName());
    source.getProjected().getSourcesList().forEach(this::projection);
  }

  private void projection(VolumeProjection part) {
    source(part.hasSecret(), "secrets", part.getSecret().getLocalObjectReference().getName());
    source(
        part.hasConfigMap(), "configmaps", part.getConfigMap().getLocalObjectReference().getName());
    source(
        part.hasClusterTrustBundle(),
        "clustertrustbundles",
        part.getClusterTrustBundle().getName());
  }

  private void variable(EnvVar variable) {
    var from = variable.getValueFrom();
    source(
        from.hasSecretKeyRef(),
        "secrets",
        from.getSecretKeyRef().getLocalObjectReference().getName());
    source(
        from.hasConfigMapKeyRef(),
        "configmaps",
        from.getConfigMapKeyRef().getLocalObjectReference().getName());
  }

  private void variables(EnvFromSource source) {
    source(
        source.hasSecretRef(),
        "secrets",
        source.getSecretRef().getLocalObjectReference().getName());
    source(
        source.hasConfigMapRef(),
        "configmaps",
        source.getConfigMapRef().getLocalObjectReference().getName());
  }
}
