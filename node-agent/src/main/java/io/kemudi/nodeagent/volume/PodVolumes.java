package io.kemudi.nodeagent.volume;

import static java.math.BigDecimal.ZERO;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.ConfigMapProjection;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.DownwardAPIVolumeFile;
import io.kemudi.kubernetes.core.v1.EmptyDirVolumeSource;
import io.kemudi.kubernetes.core.v1.KeyToPath;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.ProjectedVolumeSource;
import io.kemudi.kubernetes.core.v1.Secret;
import io.kemudi.kubernetes.core.v1.SecretProjection;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeProjection;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.volume.AtomicDirectory.FileContent;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Brings a pod's volumes about as directories of the node and keeps them up to date. Calling
/// [#prepare] again and again is how updates reach a running pod; what has not changed is not
/// touched. One thread per pod.
public final class PodVolumes {
  private static final int DEFAULT_MODE = 0644;
  private static final Quantity NO_AMOUNT = Quantity.newBuilder().setString("0").build();

  private final VolumeDirectories directories;
  private final VolumeMounts mounts;
  private final PodReferences references;
  private final ServiceAccountTokens tokens;
  private final Supplier<Map<String, Quantity>> allocatable;
  private final AtomicLong versions;

  public PodVolumes(
      VolumeDirectories directories,
      VolumeMounts mounts,
      PodReferences references,
      ServiceAccountTokens tokens,
      Supplier<Map<String, Quantity>> allocatable,
      long firstVersion) {
    this.directories = directories;
    this.mounts = mounts;
    this.references = references;
    this.tokens = tokens;
    this.allocatable = allocatable;
    this.versions = new AtomicLong(firstVersion);
  }

  /// The host's path of each volume of the pod, by the volume's name.
  ///
  /// @throws VolumeFailure for the first volume that cannot be had
  public Map<String, Path> prepare(Pod pod) {
    var paths = new LinkedHashMap<String, Path>();
    for (Volume volume : pod.getSpec().getVolumesList()) {
      try {
        paths.put(volume.getName(), prepare(pod, volume));
      } catch (IOException e) {
        throw VolumeFailure.of(volume.getName(), String.valueOf(e));
      } catch (ApiException | IllegalArgumentException e) {
        throw VolumeFailure.of(volume.getName(), String.valueOf(e.getMessage()));
      }
    }
    return paths;
  }

  private Path prepare(Pod pod, Volume volume) throws IOException {
    VolumeSource source = volume.getVolumeSource();
    String uid = pod.getMetadata().getUid();
    String name = volume.getName();
    if (source.hasEmptyDir()) {
      return emptyDir(pod, name, source.getEmptyDir());
    }
    if (source.hasHostPath()) {
      return HostPaths.check(source.getHostPath());
    }
    if (source.hasConfigMap()) {
      var from = source.getConfigMap();
      var projection = ConfigMapProjection.newBuilder().addAllItems(from.getItemsList());
      projection.setLocalObjectReference(from.getLocalObjectReference());
      projection.setOptional(from.getOptional());
      int mode = mode(from.hasDefaultMode(), from.getDefaultMode());
      return write(
          pod,
          directories.volume(uid, "configmap", name),
          configMapFiles(pod, projection.build(), mode));
    }
    if (source.hasSecret()) {
      var from = source.getSecret();
      var projection = SecretProjection.newBuilder().addAllItems(from.getItemsList());
      projection.getLocalObjectReferenceBuilder().setName(from.getSecretName());
      projection.setOptional(from.getOptional());
      int mode = mode(from.hasDefaultMode(), from.getDefaultMode());
      return write(
          pod,
          directories.memoryVolume(uid, "secret", name),
          secretFiles(pod, projection.build(), mode));
    }
    if (source.hasDownwardAPI()) {
      var from = source.getDownwardAPI();
      int mode = mode(from.hasDefaultMode(), from.getDefaultMode());
      return write(
          pod,
          directories.volume(uid, "downward-api", name),
          downwardFiles(pod, from.getItemsList(), mode));
    }
    if (source.hasProjected()) {
      return write(
          pod,
          directories.memoryVolume(uid, "projected", name),
          projectedFiles(pod, source.getProjected()));
    }
    throw new IllegalArgumentException(
        "this node cannot provide volumes of the type " + typeOf(source));
  }

  private static String typeOf(VolumeSource source) {
    return source.getAllFields().keySet().stream()
        .map(FieldDescriptor::getName)
        .findFirst()
        .orElse("(none)");
  }

  private static int mode(boolean has, int mode) {
    return has ? mode : DEFAULT_MODE;
  }

  private Path emptyDir(Pod pod, String name, EmptyDirVolumeSource source) throws IOException {
    String uid = pod.getMetadata().getUid();
    Path dir =
        switch (source.getMedium()) {
          case "" -> directories.volume(uid, "empty-dir", name);
          case "Memory" -> directories.memoryVolume(uid, "empty-dir", name);
          default ->
              throw new IllegalArgumentException(
                  "unknown storage medium \"" + source.getMedium() + "\"");
        };
    boolean fresh = !Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS);
    Files.createDirectories(dir);
    if (source.getMedium().equals("Memory")) {
      mounts.memory(dir, memoryLimit(pod, source));
    }
    if (fresh) {
      Long fsGroup = fsGroup(pod);
      if (fsGroup == null) {
        AtomicDirectory.setMode(dir, 0777);
      } else {
        Files.setAttribute(dir, "unix:gid", fsGroup.intValue(), LinkOption.NOFOLLOW_LINKS);
        AtomicDirectory.setMode(dir, 02777);
      }
    }
    return dir;
  }

  /// What a volume in memory may hold: what it asks for, and never more than the pod may use.
  private long memoryLimit(Pod pod, EmptyDirVolumeSource source) {
    BigDecimal most = Amounts.of(allocatable.get().getOrDefault("memory", NO_AMOUNT).getString());
    var limits =
        pod.getSpec().getContainersList().stream()
            .map(c -> c.getResources().getLimitsMap().get("memory"))
            .toList();
    if (!limits.contains(null)) {
      BigDecimal ofPod =
          limits.stream().map(q -> Amounts.of(q.getString())).reduce(ZERO, BigDecimal::add);
      most = least(most, ofPod);
    }
    if (source.hasSizeLimit()) {
      most = least(most, Amounts.of(source.getSizeLimit().getString()));
    }
    return most.longValue();
  }

  /// Zero stands for no limit, as it does for the kernel.
  private static BigDecimal least(BigDecimal a, BigDecimal b) {
    return a.signum() == 0 ? b : b.signum() == 0 ? a : a.min(b);
  }

  /// A path for the runtime to `subPath` of a volume, see [VolumeMounts#subPath].
  ///
  /// @param number tells the mounts of the container apart
  public Path subPath(
      Pod pod, String volume, Path host, String subPath, String container, int number)
      throws IOException {
    Path target =
        directories
            .pod(pod.getMetadata().getUid())
            .resolve("volume-subpaths")
            .resolve(volume)
            .resolve(container)
            .resolve(Integer.toString(number));
    return mounts.subPath(host, subPath, target);
  }

  private static @Nullable Long fsGroup(Pod pod) {
    var security = pod.getSpec().getSecurityContext();
    return security.hasFsGroup() ? security.getFsGroup() : null;
  }

  private Path write(Pod pod, Path dir, Map<String, FileContent> files) throws IOException {
    Files.createDirectories(dir);
    AtomicDirectory.setMode(dir, 0755);
    Long fsGroup = fsGroup(pod);
    var owned = new TreeMap<String, FileContent>();
    // The group that the pod's processes have must be able to read what is mounted for them.
    files.forEach((path, file) ->
        owned.put(
            path,
            fsGroup == null ? file : new FileContent(file.bytes(), file.mode() | 0440, fsGroup)));
    new AtomicDirectory(dir).write(owned, "v" + versions.incrementAndGet());
    return dir;
  }

  private Map<String, FileContent> projectedFiles(Pod pod, ProjectedVolumeSource source) {
    int mode = mode(source.hasDefaultMode(), source.getDefaultMode());
    var files = new TreeMap<String, FileContent>();
    for (VolumeProjection projection : source.getSourcesList()) {
      if (projection.hasConfigMap()) {
        files.putAll(configMapFiles(pod, projection.getConfigMap(), mode));
      } else if (projection.hasSecret()) {
        files.putAll(secretFiles(pod, projection.getSecret(), mode));
      } else if (projection.hasDownwardAPI()) {
        files.putAll(downwardFiles(pod, projection.getDownwardAPI().getItemsList(), mode));
      } else if (projection.hasServiceAccountToken()) {
        var token = projection.getServiceAccountToken();
        byte[] bytes = tokens.token(pod, token).getBytes(StandardCharsets.UTF_8);
        files.put(token.getPath(), new FileContent(bytes, mode, null));
      } else {
        throw new IllegalArgumentException(
            "this node cannot project "
                + projection.getAllFields().keySet().stream()
                    .map(FieldDescriptor::getName)
                    .findFirst()
                    .orElse("an empty source"));
      }
    }
    return files;
  }

  private Map<String, FileContent> configMapFiles(
      Pod pod, ConfigMapProjection projection, int mode) {
    String name = projection.getLocalObjectReference().getName();
    ConfigMap found = references.configMap(pod.getMetadata().getNamespace(), name);
    if (found == null && !projection.getOptional()) {
      throw new IllegalArgumentException("configmap \"" + name + "\" not found");
    }
    var data = new TreeMap<String, byte[]>();
    if (found != null) {
      found.getDataMap().forEach((k, v) -> data.put(k, v.getBytes(StandardCharsets.UTF_8)));
      found.getBinaryDataMap().forEach((k, v) -> data.put(k, v.toByteArray()));
    }
    return pick(data, projection.getItemsList(), mode, projection.getOptional());
  }

  private Map<String, FileContent> secretFiles(Pod pod, SecretProjection projection, int mode) {
    String name = projection.getLocalObjectReference().getName();
    Secret found = references.secret(pod.getMetadata().getNamespace(), name);
    if (found == null && !projection.getOptional()) {
      throw new IllegalArgumentException("secret \"" + name + "\" not found");
    }
    var data = new TreeMap<String, byte[]>();
    if (found != null) {
      for (Map.Entry<String, ByteString> entry : found.getDataMap().entrySet()) {
        data.put(entry.getKey(), entry.getValue().toByteArray());
      }
    }
    return pick(data, projection.getItemsList(), mode, projection.getOptional());
  }

  /// All keys under their own names, or the listed ones under the listed paths.
  private static Map<String, FileContent> pick(
      Map<String, byte[]> data, List<KeyToPath> items, int mode, boolean optional) {
    var files = new TreeMap<String, FileContent>();
    if (items.isEmpty()) {
      data.forEach((key, bytes) -> files.put(key, new FileContent(bytes, mode, null)));
    }
    for (KeyToPath item : items) {
      byte[] bytes = data.get(item.getKey());
      if (bytes != null) {
        int itemMode = item.hasMode() ? item.getMode() : mode;
        files.put(item.getPath(), new FileContent(bytes, itemMode, null));
      } else if (!optional) {
        throw new IllegalArgumentException("references non-existent config key: " + item.getKey());
      }
    }
    return files;
  }

  private Map<String, FileContent> downwardFiles(
      Pod pod, List<DownwardAPIVolumeFile> items, int mode) {
    var files = new TreeMap<String, FileContent>();
    for (DownwardAPIVolumeFile item : items) {
      String text =
          item.hasFieldRef()
              ? DownwardApi.field(pod, item.getFieldRef().getFieldPath())
              : DownwardApi.resource(
                  pod,
                  Container.getDefaultInstance(),
                  item.getResourceFieldRef(),
                  allocatable.get());
      int itemMode = item.hasMode() ? item.getMode() : mode;
      files.put(
          item.getPath(), new FileContent(text.getBytes(StandardCharsets.UTF_8), itemMode, null));
    }
    return files;
  }

  /// Where the volumes on disk are whose size is limited, with their limits in bytes, by name.
  public Map<String, LimitedVolume> limited(Pod pod) {
    var limited = new LinkedHashMap<String, LimitedVolume>();
    for (Volume volume : pod.getSpec().getVolumesList()) {
      EmptyDirVolumeSource source = volume.getVolumeSource().getEmptyDir();
      if (source.hasSizeLimit() && source.getMedium().isEmpty()) {
        String text = source.getSizeLimit().getString();
        Path dir = directories.volume(pod.getMetadata().getUid(), "empty-dir", volume.getName());
        limited.put(volume.getName(), new LimitedVolume(dir, Amounts.of(text).longValue(), text));
      }
    }
    return limited;
  }

  /// @param limit in bytes; `text` is how the user wrote it
  public record LimitedVolume(Path dir, long limit, String text) {}

  /// Removes every file of a pod that is gone.
  public void remove(String uid) throws IOException {
    // A file system that stayed mounted would be emptied in place of the mount.
    mounts.unmountBelow(directories.pod(uid));
    mounts.unmountBelow(directories.memoryPod(uid));
    AtomicDirectory.deleteTree(directories.pod(uid));
    AtomicDirectory.deleteTree(directories.memoryPod(uid));
  }
}
