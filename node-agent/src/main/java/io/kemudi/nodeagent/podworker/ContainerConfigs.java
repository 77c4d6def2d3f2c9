package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.ContainerConfig;
import io.kemudi.cri.v1.ContainerMetadata;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.KeyValue;
import io.kemudi.cri.v1.LinuxContainerConfig;
import io.kemudi.cri.v1.Mount;
import io.kemudi.cri.v1.MountPropagation;
import io.kemudi.cri.v1.Signal;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;
import io.kemudi.kubernetes.core.v1.HostAlias;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.VolumeMount;
import io.kemudi.nodeagent.cgroup.CgroupNumbers;
import io.kemudi.nodeagent.podworker.ObservedPod.Seen;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.status.PodContainers;
import io.kemudi.nodeagent.volume.PodVolumes;
import io.kemudi.nodeagent.volume.VolumeDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a container is made from.
final class ContainerConfigs {
  private final NodeFacts node;
  private final VolumeDirectories directories;
  private final PodVolumes podVolumes;
  private final ContainerEnvironment environment;

  ContainerConfigs(
      NodeFacts node,
      VolumeDirectories directories,
      PodVolumes podVolumes,
      ContainerEnvironment environment) {
    this.node = node;
    this.directories = directories;
    this.podVolumes = podVolumes;
    this.environment = environment;
  }

  /// @param pod with its addresses in the status
  /// @param imageRef what the runtime calls the image
  ContainerConfig of(
      Pod pod,
      Container container,
      int attempt,
      Image image,
      String imageRef,
      Map<String, Path> volumes,
      ObservedPod observed)
      throws IOException {
    if (container.getVolumeDevicesCount() > 0) {
      throw ConfigFailure.unsupported("block devices (volumeDevices)");
    }
    Map<String, String> env = environment.of(pod, container);
    var config =
        ContainerConfig.newBuilder()
            .setMetadata(
                ContainerMetadata.newBuilder().setName(container.getName()).setAttempt(attempt))
            .setImage(
                ImageSpec.newBuilder()
                    .setImage(imageRef)
                    .setUserSpecifiedImage(container.getImage()))
            .addAllCommand(expanded(container.getCommandList(), env))
            .addAllArgs(expanded(container.getArgsList(), env))
            .setWorkingDir(container.getWorkingDir())
            .putAllLabels(labels(pod, container))
            .putAllAnnotations(annotations(pod, container, attempt))
            .setLogPath(container.getName() + "/" + attempt + ".log")
            .setStdin(container.getStdin())
            .setStdinOnce(container.getStdinOnce())
            .setTty(container.getTty())
            .setLinux(
                LinuxContainerConfig.newBuilder()
                    .setResources(CgroupNumbers.of(pod.getSpec(), container, node.memoryBytes()))
                    .setSecurityContext(
                        ContainerSecurity.of(
                            pod, container, image, targetId(pod, container, observed))));
    env.forEach((k, v) -> config.addEnvs(KeyValue.newBuilder().setKey(k).setValue(v)));
    for (VolumeMount mount : container.getVolumeMountsList()) {
      config.addMounts(mount(pod, container, mount, volumes, env));
    }
    addHosts(pod, container, config);
    config.addMounts(messageFile(pod, container, attempt));
    if (container.getLifecycle().hasStopSignal()) {
      config.setStopSignal(
          Signal.valueOf(
              container
                  .getLifecycle()
                  .getStopSignal()
                  .replace("+", "PLUS")
                  .replace("RTMAX-", "RTMAXMINUS")));
    }
    return config.build();
  }

  private static List<String> expanded(List<String> words, Map<String, String> env) {
    return words.stream().map(word -> Expansion.expand(word, env)).toList();
  }

  private Map<String, String> labels(Pod pod, Container container) {
    var labels = new LinkedHashMap<>(Labels.ofPod(node.name(), pod.getMetadata().getUid()));
    labels.put(Labels.POD_NAME, pod.getMetadata().getName());
    labels.put(Labels.POD_NAMESPACE, pod.getMetadata().getNamespace());
    labels.put(Labels.CONTAINER_NAME, container.getName());
    return labels;
  }

  private Map<String, String> annotations(Pod pod, Container container, int attempt) {
    var annotations = new LinkedHashMap<String, String>();
    annotations.put(Labels.HASH, ContainerHash.of(container));
    annotations.put(Labels.RESTART_COUNT, Integer.toString(attempt));
    annotations.put(Labels.MESSAGE_PATH, container.getTerminationMessagePath());
    annotations.put(Labels.MESSAGE_POLICY, container.getTerminationMessagePolicy());
    annotations.put(Labels.MESSAGE_FILE, messagePath(pod, container, attempt).toString());
    if (pod.getSpec().hasTerminationGracePeriodSeconds()) {
      annotations.put(
          Labels.GRACE, Long.toString(pod.getSpec().getTerminationGracePeriodSeconds()));
    }
    boolean init = PodContainers.isInit(pod.getSpec(), container.getName());
    boolean sidecar = PodContainers.isSidecar(container);
    annotations.put(Labels.ROLE, init ? sidecar ? "sidecar" : "init" : "main");
    return annotations;
  }

  private static String targetId(Pod pod, Container container, ObservedPod observed) {
    for (EphemeralContainer ephemeral : pod.getSpec().getEphemeralContainersList()) {
      String target = ephemeral.getTargetContainerName();
      if (ephemeral.getEphemeralContainerCommon().getName().equals(container.getName())
          && !target.isEmpty()) {
        Seen seen = observed.current(target);
        if (seen == null || !seen.running()) {
          throw ConfigFailure.config("target container " + target + " is not running");
        }
        return seen.id();
      }
    }
    return "";
  }

  private Mount mount(
      Pod pod,
      Container container,
      VolumeMount mount,
      Map<String, Path> volumes,
      Map<String, String> env)
      throws IOException {
    Path host = volumes.get(mount.getName());
    if (host == null) {
      throw ConfigFailure.config("cannot find volume \"" + mount.getName() + "\" to mount");
    }
    String subPath = mount.getSubPath();
    if (!mount.getSubPathExpr().isEmpty()) {
      subPath = Expansion.expand(mount.getSubPathExpr(), env);
    }
    if (!subPath.isEmpty()) {
      try {
        int number = container.getVolumeMountsList().indexOf(mount);
        host = podVolumes.subPath(pod, mount.getName(), host, subPath, container.getName(), number);
      } catch (IllegalArgumentException e) {
        throw ConfigFailure.config(
            "failed to prepare subPath for volumeMount \""
                + mount.getName()
                + "\": "
                + e.getMessage());
      }
    }
    MountPropagation propagation =
        switch (mount.getMountPropagation()) {
          case "HostToContainer" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
          case "Bidirectional" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
          default -> MountPropagation.PROPAGATION_PRIVATE;
        };
    if (mount.getRecursiveReadOnly().equals("Enabled")) {
      throw ConfigFailure.unsupported("volumeMounts with recursiveReadOnly: Enabled");
    }
    return Mount.newBuilder()
        .setHostPath(host.toString())
        .setContainerPath(
            mount.getMountPath().startsWith("/")
                ? mount.getMountPath()
                : "/" + mount.getMountPath())
        .setReadonly(mount.getReadOnly())
        .setPropagation(propagation)
        .build();
  }

  /// The file behind `terminationMessagePath`: what the container leaves there becomes the message
  /// of its end.
  private Mount messageFile(Pod pod, Container container, int attempt) throws IOException {
    Path file = messagePath(pod, container, attempt);
    Files.createDirectories(file.getParent());
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Files.setAttribute(file, "unix:mode", 0666); // whoever the container runs as may write
    String inside = container.getTerminationMessagePath();
    return Mount.newBuilder()
        .setHostPath(file.toString())
        .setContainerPath(inside.isEmpty() ? "/dev/termination-log" : inside)
        .build();
  }

  @SuppressWarnings("NullAway") // the path has a parent
  private Path messagePath(Pod pod, Container container, int attempt) {
    return directories
        .container(pod.getMetadata().getUid(), container.getName())
        .resolve("termination-" + attempt);
  }

  /// A hosts file of the pod's own, unless the container mounts one or uses the node's network
  /// without aliases.
  private void addHosts(Pod pod, Container container, ContainerConfig.Builder config)
      throws IOException {
    boolean mounted =
        container.getVolumeMountsList().stream()
            .anyMatch(m -> m.getMountPath().equals("/etc/hosts"));
    if (mounted || pod.getSpec().getHostNetwork()) {
      return;
    }
    Path file = directories.pod(pod.getMetadata().getUid()).resolve("etc-hosts");
    Files.createDirectories(directories.pod(pod.getMetadata().getUid()));
    Files.writeString(file, hosts(pod, node.clusterDomain()));
    Files.setAttribute(file, "unix:mode", 0644);
    config.addMounts(
        Mount.newBuilder().setHostPath(file.toString()).setContainerPath("/etc/hosts"));
  }

  static String hosts(Pod pod, String clusterDomain) {
    var text =
        new StringBuilder(
            """
            # Kubernetes-managed hosts file.
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            fe00::0\tip6-mcastprefix
            fe00::1\tip6-allnodes
            fe00::2\tip6-allrouters
            """);
    String hostname = SandboxConfigs.hostname(pod);
    String subdomain = pod.getSpec().getSubdomain();
    pod.getStatus()
        .getPodIPsList()
        .forEach(ip -> {
          text.append(ip.getIp()).append('\t');
          if (!subdomain.isEmpty()) {
            text.append(hostname)
                .append('.')
                .append(subdomain)
                .append('.')
                .append(pod.getMetadata().getNamespace())
                .append(".svc.")
                .append(clusterDomain)
                .append('\t');
          }
          text.append(hostname).append('\n');
        });
    if (pod.getSpec().getHostAliasesCount() > 0) {
      text.append("\n# Entries added by HostAliases.\n");
      for (HostAlias alias : pod.getSpec().getHostAliasesList()) {
        text.append(alias.getIp())
            .append('\t')
            .append(String.join("\t", alias.getHostnamesList()))
            .append('\n');
      }
    }
    return text.toString();
  }
}
