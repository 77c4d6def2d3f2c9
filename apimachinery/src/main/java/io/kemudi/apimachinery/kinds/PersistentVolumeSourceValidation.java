package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.CSIPersistentVolumeSource;
import io.kemudi.kubernetes.core.v1.FCVolumeSource;
import io.kemudi.kubernetes.core.v1.FlockerVolumeSource;
import io.kemudi.kubernetes.core.v1.HostPathVolumeSource;
import io.kemudi.kubernetes.core.v1.ISCSIPersistentVolumeSource;
import io.kemudi.kubernetes.core.v1.NFSVolumeSource;
import io.kemudi.kubernetes.core.v1.PersistentVolumeSource;
import io.kemudi.kubernetes.core.v1.QuobyteVolumeSource;
import io.kemudi.kubernetes.core.v1.SecretReference;
import io.kemudi.kubernetes.core.v1.StorageOSPersistentVolumeSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Where a persistent volume's data is: one source, and what that source needs. The first of
/// several is checked, the others are refused.
final class PersistentVolumeSourceValidation {
  private static final Pattern IQN =
      Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.([-\\w.]+)(:[^,;*&$|\\s]+)?");
  private static final Pattern EUI = Pattern.compile("eui\\.[0-9A-Fa-f]{16}");
  private static final Pattern NAA = Pattern.compile("naa\\.[0-9A-Fa-f]{32}");
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

  private final FieldPath path;
  private final FieldErrors errors;
  private int count;

  PersistentVolumeSourceValidation(FieldPath path, FieldErrors errors) {
    this.path = path;
    this.errors = errors;
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

  private void needs(String value, String source, String field) {
    Checks.requiredText(value, path.child(source, field), errors);
  }

  void validate(PersistentVolumeSource source, boolean hasNodeAffinity) {
    if (isFirst(source.hasHostPath(), "hostPath")) {
      hostPath(source.getHostPath(), path.child("hostPath"));
    }
    if (isFirst(source.hasGcePersistentDisk(), "gcePersistentDisk")) {
      needs(source.getGcePersistentDisk().getPdName(), "gcePersistentDisk", "pdName");
      partition(source.getGcePersistentDisk().getPartition(), "gcePersistentDisk");
    }
    if (isFirst(source.hasAwsElasticBlockStore(), "awsElasticBlockStore")) {
      needs(source.getAwsElasticBlockStore().getVolumeID(), "awsElasticBlockStore", "volumeID");
      partition(source.getAwsElasticBlockStore().getPartition(), "awsElasticBlockStore");
    }
    if (isFirst(source.hasGlusterfs(), "glusterfs")) {
      var glusterfs = source.getGlusterfs();
      needs(glusterfs.getEndpoints(), "glusterfs", "endpoints");
      needs(glusterfs.getPath(), "glusterfs", "path");
      if (glusterfs.hasEndpointsNamespace()) {
        FieldPath place = path.child("glusterfs", "endpointsNamespace");
        if (glusterfs.getEndpointsNamespace().isEmpty()) {
          errors.invalid(
              place, "", "if the endpointnamespace is set, it must be a valid namespace name");
        } else {
          Checks.form(glusterfs.getEndpointsNamespace(), Names::dnsLabel, place, errors);
        }
      }
    }
    if (isFirst(source.hasFlocker(), "flocker")) {
      flocker(source.getFlocker(), path.child("flocker"));
    }
    if (isFirst(source.hasNfs(), "nfs")) {
      nfs(source.getNfs(), path.child("nfs"));
    }
    if (isFirst(source.hasRbd(), "rbd")) {
      if (source.getRbd().getMonitorsCount() == 0) {
        errors.required(path.child("rbd", "monitors"));
      }
      needs(source.getRbd().getImage(), "rbd", "image");
    }
    if (isFirst(source.hasQuobyte(), "quobyte")) {
      quobyte(source.getQuobyte(), path.child("quobyte"));
    }
    if (isFirst(source.hasCephfs(), "cephfs") && source.getCephfs().getMonitorsCount() == 0) {
      errors.required(path.child("cephfs", "monitors"));
    }
    if (isFirst(source.hasIscsi(), "iscsi")) {
      iscsi(source.getIscsi(), path.child("iscsi"));
    }
    if (isFirst(source.hasCinder(), "cinder")) {
      needs(source.getCinder().getVolumeID(), "cinder", "volumeID");
      if (source.getCinder().hasSecretRef()) {
        secret(source.getCinder().getSecretRef(), path.child("cinder", "secretRef"));
      }
    }
    if (isFirst(source.hasFc(), "fc")) {
      fc(source.getFc(), path.child("fc"));
    }
    if (isFirst(source.hasFlexVolume(), "flexVolume")) {
      needs(source.getFlexVolume().getDriver(), "flexVolume", "driver");
      flexOptions(source.getFlexVolume().getOptionsMap(), path.child("flexVolume", "options"));
    }
    if (isFirst(source.hasAzureFile(), "azureFile")) {
      var azure = source.getAzureFile();
      needs(azure.getSecretName(), "azureFile", "secretName");
      needs(azure.getShareName(), "azureFile", "shareName");
      if (azure.hasSecretNamespace()) {
        needs(azure.getSecretNamespace(), "azureFile", "secretNamespace");
      }
    }
    if (isFirst(source.hasVsphereVolume(), "vsphereVolume")) {
      needs(source.getVsphereVolume().getVolumePath(), "vsphereVolume", "volumePath");
    }
    if (isFirst(source.hasPhotonPersistentDisk(), "photonPersistentDisk")) {
      needs(source.getPhotonPersistentDisk().getPdID(), "photonPersistentDisk", "pdID");
    }
    if (isFirst(source.hasPortworxVolume(), "portworxVolume")) {
      needs(source.getPortworxVolume().getVolumeID(), "portworxVolume", "volumeID");
    }
    if (isFirst(source.hasAzureDisk(), "azureDisk")) {
      new AzureDiskValidation(errors).validate(source.getAzureDisk(), path.child("azureDisk"));
    }
    if (isFirst(source.hasScaleIO(), "scaleIO")) {
      needs(source.getScaleIO().getGateway(), "scaleIO", "gateway");
      needs(source.getScaleIO().getSystem(), "scaleIO", "system");
      needs(source.getScaleIO().getVolumeName(), "scaleIO", "volumeName");
    }
    if (isFirst(source.hasLocal(), "local")) {
      local(source.getLocal().getPath(), path.child("local", "path"));
      if (!hasNodeAffinity) {
        errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
      }
    }
    if (isFirst(source.hasStorageos(), "storageos")) {
      storageos(source.getStorageos(), path.child("storageos"));
    }
    if (isFirst(source.hasCsi(), "csi")) {
      csi(source.getCsi(), path.child("csi"));
    }
    if (count == 0) {
      errors.required(path, "must specify a volume type");
    }
  }

  private void partition(int partition, String source) {
    Checks.inRange(partition, 0, 255, path.child(source, "partition"), errors);
  }

  private void hostPath(HostPathVolumeSource host, FieldPath place) {
    if (host.getPath().isEmpty()) {
      errors.required(place.child("path"));
      return;
    }
    Checks.noBackSteps(host.getPath(), place.child("path"), errors);
    if (host.hasType()) {
      Checks.oneOf(host.getType(), HOST_PATH_TYPES, place.child("type"), errors);
    }
  }

  private void flocker(FlockerVolumeSource flocker, FieldPath place) {
    boolean named = !flocker.getDatasetName().isEmpty();
    boolean identified = !flocker.getDatasetUUID().isEmpty();
    if (!named && !identified) {
      errors.required(place, "one of datasetName and datasetUUID is required");
    }
    if (named && identified) {
      errors.invalid(
          place, "resource", "datasetName and datasetUUID can not be specified simultaneously");
    }
    if (flocker.getDatasetName().contains("/")) {
      errors.invalid(place.child("datasetName"), flocker.getDatasetName(), "must not contain '/'");
    }
  }

  private void nfs(NFSVolumeSource nfs, FieldPath place) {
    Checks.requiredText(nfs.getServer(), place.child("server"), errors);
    Checks.requiredText(nfs.getPath(), place.child("path"), errors);
    if (!nfs.getPath().startsWith("/")) {
      errors.invalid(place.child("path"), nfs.getPath(), "must be an absolute path");
    }
  }

  private void quobyte(QuobyteVolumeSource quobyte, FieldPath place) {
    if (quobyte.getRegistry().isEmpty()) {
      errors.required(
          place.child("registry"),
          "must be a host:port pair or multiple pairs separated by commas");
    } else if (quobyte.getTenant().length() >= 65) {
      errors.required(
          place.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
      for (String pair : quobyte.getRegistry().split(",", -1)) {
        if (!pair.matches("[^:]*+:[^:]*+|\\[[^\\]]*+\\]:[^:]*+")) {
          errors.invalid(
              place.child("registry"),
              quobyte.getRegistry(),
              "must be a host:port pair or multiple pairs separated by commas");
        }
      }
    }
    Checks.requiredText(quobyte.getVolume(), place.child("volume"), errors);
  }

  private void iscsi(ISCSIPersistentVolumeSource iscsi, FieldPath place) {
    Checks.requiredText(iscsi.getTargetPortal(), place.child("targetPortal"), errors);
    String iqn = iscsi.getIqn();
    if (iqn.isEmpty()) {
      errors.required(place.child("iqn"));
    } else {
      iscsiName(iqn, place.child("iqn"));
    }
    Checks.inRange(iscsi.getLun(), 0, 255, place.child("lun"), errors);
    if ((iscsi.getChapAuthDiscovery() || iscsi.getChapAuthSession()) && !iscsi.hasSecretRef()) {
      errors.required(place.child("secretRef"));
    }
    if (iscsi.hasSecretRef()) {
      Checks.requiredText(iscsi.getSecretRef().getName(), place.child("secretRef", "name"), errors);
    }
    if (iscsi.hasInitiatorName()) {
      iscsiName(iscsi.getInitiatorName(), place.child("initiatorname"));
    }
  }

  private void iscsiName(String name, FieldPath place) {
    boolean known = name.startsWith("iqn") || name.startsWith("eui") || name.startsWith("naa");
    boolean right =
        IQN.matcher(name).matches() || EUI.matcher(name).matches() || NAA.matcher(name).matches();
    if (!known) {
      errors.invalid(place, name, "must be valid format starting with iqn, eui, or naa");
    } else if (!right) {
      errors.invalid(place, name, "must be valid format");
    }
  }

  private void fc(FCVolumeSource fc, FieldPath place) {
    String either = "must specify either targetWWNs or wwids, but not both";
    if (fc.getTargetWWNsCount() == 0 && fc.getWwidsCount() == 0) {
      errors.required(place.child("targetWWNs"), either);
    }
    if (fc.getTargetWWNsCount() > 0 && fc.getWwidsCount() > 0) {
      errors.invalid(place.child("targetWWNs"), fc.getTargetWWNsList(), either);
    }
    if (fc.getTargetWWNsCount() > 0) {
      if (!fc.hasLun()) {
        errors.required(place.child("lun"), "lun is required if targetWWNs is specified");
      } else {
        Checks.inRange(fc.getLun(), 0, 255, place.child("lun"), errors);
      }
    }
  }

  private void flexOptions(Map<String, String> options, FieldPath place) {
    for (String key : new TreeMap<>(options).keySet()) {
      int slash = key.indexOf('/');
      String domain = "." + (slash < 0 ? "" : key.substring(0, slash));
      if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
        errors.invalid(place.key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
      }
    }
  }

  private void local(String directory, FieldPath place) {
    if (directory.isEmpty()) {
      errors.required(place);
      return;
    }
    Checks.noBackSteps(directory, place, errors);
  }

  private void storageos(StorageOSPersistentVolumeSource storageos, FieldPath place) {
    if (storageos.getVolumeName().isEmpty()) {
      errors.required(place.child("volumeName"));
    } else {
      Checks.form(storageos.getVolumeName(), Names::dnsLabel, place.child("volumeName"), errors);
    }
    if (!storageos.getVolumeNamespace().isEmpty()) {
      Checks.form(
          storageos.getVolumeNamespace(), Names::dnsLabel, place.child("volumeNamespace"), errors);
    }
    if (storageos.hasSecretRef()) {
      Checks.requiredText(
          storageos.getSecretRef().getName(), place.child("secretRef", "name"), errors);
      Checks.requiredText(
          storageos.getSecretRef().getNamespace(), place.child("secretRef", "namespace"), errors);
    }
  }

  private void csi(CSIPersistentVolumeSource csi, FieldPath place) {
    CsiNames.driver(csi.getDriver(), place.child("driver"), errors);
    Checks.requiredText(csi.getVolumeHandle(), place.child("volumeHandle"), errors);
    if (csi.hasControllerPublishSecretRef()) {
      secret(csi.getControllerPublishSecretRef(), place.child("controllerPublishSecretRef"));
    }
    if (csi.hasControllerExpandSecretRef()) {
      secret(csi.getControllerExpandSecretRef(), place.child("controllerExpandSecretRef"));
    }
    if (csi.hasNodePublishSecretRef()) {
      secret(csi.getNodePublishSecretRef(), place.child("nodePublishSecretRef"));
    }
    if (csi.hasNodeExpandSecretRef()) {
      secret(csi.getNodeExpandSecretRef(), place.child("nodeExpandSecretRef"));
    }
  }

  private void secret(SecretReference secret, FieldPath place) {
    Checks.requiredText(secret.getName(), place.child("name"), errors);
    Checks.requiredText(secret.getNamespace(), place.child("namespace"), errors);
  }
}
