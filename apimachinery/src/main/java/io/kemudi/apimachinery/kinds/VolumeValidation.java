package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.DownwardAPIVolumeFile;
import io.kemudi.kubernetes.core.v1.KeyToPath;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaimSpec;
import io.kemudi.kubernetes.core.v1.ProjectedVolumeSource;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The volumes of a pod: one source each, and what that source needs.
final class VolumeValidation {
  private static final List<String> HOST_PATH_TYPES =
      List.of(
          "",
          "BlockDevice",
          "CharDevice",
          "Directory",
          "DirectoryOrCreate",
          "File",
          "FileOrCreate",
          "Socket");
  private static final int MIN_TOKEN_SECONDS = 600;

  private final FieldErrors errors;

  VolumeValidation(FieldErrors errors) {
    this.errors = errors;
  }

  void validateAll(List<Volume> volumes, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      FieldPath place = path.index(i);
      new Sources(place).validate(volume.getVolumeSource());
      if (volume.getName().isEmpty()) {
        errors.required(place.child("name"));
        continue;
      }
      Checks.form(volume.getName(), Names::dnsLabel, place.child("name"), errors);
      if (!names.add(volume.getName())) {
        errors.duplicate(place.child("name"), volume.getName());
      }
    }
  }

  /// The sources of one volume: the first is checked, the others are too many.
  private final class Sources {
    private final FieldPath path;
    private int count;

    Sources(FieldPath path) {
      this.path = path;
    }

    private boolean isFirst(boolean present, String field) {
      if (!present) {
        return false;
      }
      if (count++ == 0) {
        return true;
      }
      errors.forbidden(path.child(field), "may not specify more than 1 volume type");
      return false;
    }

    void validate(VolumeSource source) {
      if (isFirst(source.hasEmptyDir(), "emptyDir")
          && source.getEmptyDir().hasSizeLimit()
          && ResourcesValidation.quantity(source.getEmptyDir().getSizeLimit()).signum() < 0) {
        errors.forbidden(
            path.child("emptyDir", "sizeLimit"),
            "SizeLimit field must be a valid resource quantity");
      }
      if (isFirst(source.hasHostPath(), "hostPath")) {
        hostPath(source, path.child("hostPath"));
      }
      if (isFirst(source.hasGitRepo(), "gitRepo")) {
        Checks.requiredText(
            source.getGitRepo().getRepository(), path.child("gitRepo", "repository"), errors);
      }
      legacySources(source);
      if (isFirst(source.hasSecret(), "secret")) {
        var secret = source.getSecret();
        FieldPath place = path.child("secret");
        Checks.requiredText(secret.getSecretName(), place.child("secretName"), errors);
        if (secret.hasDefaultMode()) {
          Checks.fileMode(secret.getDefaultMode(), place.child("defaultMode"), errors);
        }
        items(secret.getItemsList(), place.child("items"));
      }
      if (isFirst(source.hasNfs(), "nfs")) {
        nfs(source.getNfs().getServer(), source.getNfs().getPath(), path.child("nfs"));
      }
      if (isFirst(source.hasIscsi(), "iscsi")) {
        iscsi(source, path.child("iscsi"));
      }
      if (isFirst(source.hasPersistentVolumeClaim(), "persistentVolumeClaim")) {
        Checks.requiredText(
            source.getPersistentVolumeClaim().getClaimName(),
            path.child("persistentVolumeClaim", "claimName"),
            errors);
      }
      if (isFirst(source.hasDownwardAPI(), "downwardAPI")) {
        var downward = source.getDownwardAPI();
        FieldPath place = path.child("downwardAPI");
        if (downward.hasDefaultMode()) {
          Checks.fileMode(downward.getDefaultMode(), place.child("defaultMode"), errors);
        }
        downward.getItemsList().forEach(file -> downward(file, place));
      }
      if (isFirst(source.hasConfigMap(), "configMap")) {
        var map = source.getConfigMap();
        FieldPath place = path.child("configMap");
        Checks.requiredText(map.getLocalObjectReference().getName(), place.child("name"), errors);
        if (map.hasDefaultMode()) {
          Checks.fileMode(map.getDefaultMode(), place.child("defaultMode"), errors);
        }
        items(map.getItemsList(), place.child("items"));
      }
      if (isFirst(source.hasProjected(), "projected")) {
        projected(source.getProjected(), path.child("projected"));
      }
      if (isFirst(source.hasCsi(), "csi")) {
        Checks.requiredText(source.getCsi().getDriver(), path.child("csi", "driver"), errors);
      }
      if (isFirst(source.hasEphemeral(), "ephemeral")) {
        FieldPath place = path.child("ephemeral", "volumeClaimTemplate");
        if (!source.getEphemeral().hasVolumeClaimTemplate()) {
          errors.required(place);
        } else {
          claim(source.getEphemeral().getVolumeClaimTemplate().getSpec(), place.child("spec"));
        }
      }
      if (isFirst(source.hasImage(), "image")) {
        FieldPath place = path.child("image");
        Checks.requiredText(source.getImage().getReference(), place.child("reference"), errors);
        Checks.oneOf(
            source.getImage().getPullPolicy(),
            ContainerValidation.PULL_POLICIES,
            place.child("pullPolicy"),
            errors);
      }
      if (count == 0) {
        errors.required(path, "must specify a volume type");
      }
    }

    /// Sources whose drivers are gone or live elsewhere: only that they are alone is checked.
    private void legacySources(VolumeSource source) {
      isFirst(source.hasGcePersistentDisk(), "gcePersistentDisk");
      isFirst(source.hasAwsElasticBlockStore(), "awsElasticBlockStore");
      isFirst(source.hasGlusterfs(), "glusterfs");
      isFirst(source.hasFlocker(), "flocker");
      isFirst(source.hasRbd(), "rbd");
      isFirst(source.hasCinder(), "cinder");
      isFirst(source.hasCephfs(), "cephfs");
      isFirst(source.hasQuobyte(), "quobyte");
      isFirst(source.hasFc(), "fc");
      isFirst(source.hasFlexVolume(), "flexVolume");
      isFirst(source.hasAzureFile(), "azureFile");
      isFirst(source.hasVsphereVolume(), "vsphereVolume");
      isFirst(source.hasPhotonPersistentDisk(), "photonPersistentDisk");
      isFirst(source.hasPortworxVolume(), "portworxVolume");
      isFirst(source.hasAzureDisk(), "azureDisk");
      isFirst(source.hasStorageos(), "storageos");
      isFirst(source.hasScaleIO(), "scaleIO");
    }
  }

  private void hostPath(VolumeSource source, FieldPath path) {
    var host = source.getHostPath();
    if (host.getPath().isEmpty()) {
      errors.required(path.child("path"));
      return;
    }
    Checks.noBackSteps(host.getPath(), path.child("path"), errors);
    if (host.hasType()) {
      Checks.oneOf(host.getType(), HOST_PATH_TYPES, path.child("type"), errors);
    }
  }

  private void nfs(String server, String directory, FieldPath path) {
    Checks.requiredText(server, path.child("server"), errors);
    Checks.requiredText(directory, path.child("path"), errors);
    if (!directory.startsWith("/")) {
      errors.invalid(path.child("path"), directory, "must be an absolute path");
    }
  }

  private void iscsi(VolumeSource source, FieldPath path) {
    var iscsi = source.getIscsi();
    Checks.requiredText(iscsi.getTargetPortal(), path.child("targetPortal"), errors);
    Checks.requiredText(iscsi.getIqn(), path.child("iqn"), errors);
    if (iscsi.getLun() < 0 || iscsi.getLun() > 255) {
      Checks.inRange(iscsi.getLun(), 0, 255, path.child("lun"), errors);
    }
  }

  private void items(List<KeyToPath> items, FieldPath path) {
    for (int i = 0; i < items.size(); i++) {
      KeyToPath item = items.get(i);
      FieldPath place = path.index(i);
      Checks.requiredText(item.getKey(), place.child("key"), errors);
      if (item.getPath().isEmpty()) {
        errors.required(place.child("path"));
      } else {
        localPath(item.getPath(), place.child("path"));
      }
      if (item.hasMode()) {
        Checks.fileMode(item.getMode(), place.child("mode"), errors);
      }
    }
  }

  /// A file below the volume, whose name is not one of the agent's own (`..data`).
  private void localPath(String value, FieldPath path) {
    Checks.relativePath(value, path, errors);
    if (value.startsWith("..") && !value.startsWith("../")) {
      errors.invalid(path, value, "must not start with '..'");
    }
  }

  private void downward(DownwardAPIVolumeFile file, FieldPath path) {
    if (file.getPath().isEmpty()) {
      errors.required(path.child("path"));
    } else {
      localPath(file.getPath(), path.child("path"));
    }
    if (file.hasFieldRef()) {
      EnvValidation.validateField(
          file.getFieldRef(), EnvValidation.VOLUME_FIELDS, path.child("fieldRef"), errors);
      if (file.hasResourceFieldRef()) {
        errors.invalid(
            path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
      }
    } else if (file.hasResourceFieldRef()) {
      EnvValidation.validateResource(
          file.getResourceFieldRef(), true, path.child("resourceFieldRef"), errors);
    } else {
      errors.required(path, "one of fieldRef and resourceFieldRef is required");
    }
    if (file.hasMode()) {
      Checks.fileMode(file.getMode(), path.child("mode"), errors);
    }
  }

  private void projected(ProjectedVolumeSource source, FieldPath path) {
    if (source.hasDefaultMode()) {
      Checks.fileMode(source.getDefaultMode(), path.child("defaultMode"), errors);
    }
    for (int i = 0; i < source.getSourcesCount(); i++) {
      projection(source.getSources(i), path.child("sources").index(i), path);
    }
  }

  private void projection(VolumeProjection source, FieldPath path, FieldPath volume) {
    int count = 0;
    String tooMany = "may not specify more than 1 volume type per source";
    if (source.hasSecret()) {
      count++;
      Checks.requiredText(
          source.getSecret().getLocalObjectReference().getName(),
          path.child("secret", "name"),
          errors);
      items(source.getSecret().getItemsList(), path.child("secret", "items"));
    }
    if (source.hasConfigMap()) {
      if (count++ > 0) {
        errors.forbidden(path, tooMany);
      } else {
        Checks.requiredText(
            source.getConfigMap().getLocalObjectReference().getName(),
            path.child("configMap", "name"),
            errors);
        items(source.getConfigMap().getItemsList(), path.child("configMap", "items"));
      }
    }
    if (source.hasDownwardAPI()) {
      if (count++ > 0) {
        errors.forbidden(path, tooMany);
      } else {
        FieldPath place = path.child("downwardAPI");
        source.getDownwardAPI().getItemsList().forEach(file -> downward(file, place));
      }
    }
    if (source.hasServiceAccountToken()) {
      if (count++ > 0) {
        errors.forbidden(path, tooMany);
      } else {
        var token = source.getServiceAccountToken();
        FieldPath seconds = path.child("serviceAccountToken", "expirationSeconds");
        if (token.getExpirationSeconds() < MIN_TOKEN_SECONDS) {
          errors.invalid(
              seconds,
              token.getExpirationSeconds(),
              "may not specify a duration less than 10 minutes");
        }
        if (token.getExpirationSeconds() > 1L << 32) {
          errors.invalid(
              seconds,
              token.getExpirationSeconds(),
              "may not specify a duration larger than 2^32 seconds");
        }
        // Upstream names the volume's path here, not the source's.
        Checks.requiredText(token.getPath(), volume.child("path"), errors);
      }
    }
    if ((source.hasClusterTrustBundle() || source.hasPodCertificate()) && count > 0) {
      errors.forbidden(path, tooMany);
    }
  }

  private void claim(PersistentVolumeClaimSpec claim, FieldPath path) {
    if (claim.getAccessModesCount() == 0) {
      errors.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    FieldPath storage = path.child("resources").key("storage");
    var amount = claim.getResources().getRequestsMap().get("storage");
    if (amount == null) {
      errors.required(storage);
    } else if (ResourcesValidation.quantity(amount).signum() <= 0) {
      errors.invalid(storage, amount.getString(), "must be greater than zero");
    }
  }
}
