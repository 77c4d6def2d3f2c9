package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.Int64Value;
import io.kemudi.cri.v1.LinuxPodSandboxConfig;
import io.kemudi.cri.v1.LinuxSandboxSecurityContext;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.NamespaceOption;
import io.kemudi.cri.v1.PodSandboxConfig;
import io.kemudi.cri.v1.PodSandboxMetadata;
import io.kemudi.cri.v1.PortMapping;
import io.kemudi.cri.v1.Protocol;
import io.kemudi.cri.v1.SecurityProfile;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSecurityContext;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Sysctl;
import io.kemudi.nodeagent.cgroup.PodCgroups;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.status.PodContainers;
import java.util.HashMap;
import java.util.Map;

/// What a pod's sandbox is made from.
final class SandboxConfigs {
  private static final int MAX_HOSTNAME = 63; // of a label in DNS

  private final NodeFacts node;
  private final PodCgroups cgroups;

  SandboxConfigs(NodeFacts node, PodCgroups cgroups) {
    this.node = node;
    this.cgroups = cgroups;
  }

  PodSandboxConfig of(Pod pod, int attempt) {
    var meta = pod.getMetadata();
    PodSpec spec = pod.getSpec();
    if (spec.hasHostUsers() && !spec.getHostUsers()) {
      throw ConfigFailure.unsupported("user namespaces (spec.hostUsers: false)");
    }
    var config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(meta.getName())
                    .setNamespace(meta.getNamespace())
                    .setUid(meta.getUid())
                    .setAttempt(attempt))
            .setLogDirectory(
                node.podLogs(meta.getNamespace(), meta.getName(), meta.getUid()).toString())
            .setDnsConfig(PodDns.of(pod, node))
            .putAllLabels(labels(pod))
            .putAllAnnotations(meta.getAnnotationsMap())
            .setLinux(linux(spec, meta.getUid()));
    if (!spec.getHostNetwork()) {
      // A sandbox on the node's network has the node's name and must not be given another.
      config.setHostname(hostname(pod));
      for (Container container : PodContainers.all(spec)) {
        container.getPortsList().stream()
            .filter(p -> p.getHostPort() > 0)
            .forEach(p -> config.addPortMappings(mapping(p)));
      }
    }
    return config.build();
  }

  private Map<String, String> labels(Pod pod) {
    var labels = new HashMap<>(pod.getMetadata().getLabelsMap());
    labels.putAll(Labels.ofPod(node.name(), pod.getMetadata().getUid()));
    labels.put(Labels.POD_NAME, pod.getMetadata().getName());
    labels.put(Labels.POD_NAMESPACE, pod.getMetadata().getNamespace());
    return labels;
  }

  static String hostname(Pod pod) {
    PodSpec spec = pod.getSpec();
    if (spec.hasHostnameOverride()) {
      return spec.getHostnameOverride();
    }
    String name = spec.getHostname().isEmpty() ? pod.getMetadata().getName() : spec.getHostname();
    String shortened = name.length() > MAX_HOSTNAME ? name.substring(0, MAX_HOSTNAME) : name;
    return shortened.replaceAll("[-.]+$", "");
  }

  private static PortMapping mapping(ContainerPort port) {
    Protocol protocol =
        switch (port.getProtocol()) {
          case "UDP" -> Protocol.UDP;
          case "SCTP" -> Protocol.SCTP;
          default -> Protocol.TCP;
        };
    return PortMapping.newBuilder()
        .setProtocol(protocol)
        .setContainerPort(port.getContainerPort())
        .setHostPort(port.getHostPort())
        .setHostIp(port.getHostIP())
        .build();
  }

  private LinuxPodSandboxConfig linux(PodSpec spec, String uid) {
    PodSecurityContext from = spec.getSecurityContext();
    var security =
        LinuxSandboxSecurityContext.newBuilder()
            .setNamespaceOptions(namespaces(spec))
            .setPrivileged(anyPrivileged(spec))
            .addAllSupplementalGroups(from.getSupplementalGroupsList())
            .setSeccomp(
                SecurityProfile.newBuilder()
                    .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
    if (from.hasRunAsUser()) {
      security.setRunAsUser(Int64Value.newBuilder().setValue(from.getRunAsUser()));
    }
    if (from.hasRunAsUser() && from.hasRunAsGroup()) {
      security.setRunAsGroup(Int64Value.newBuilder().setValue(from.getRunAsGroup()));
    }
    if (from.hasFsGroup()) {
      security.addSupplementalGroups(from.getFsGroup());
    }
    var linux =
        LinuxPodSandboxConfig.newBuilder()
            .setCgroupParent(cgroups.parent(uid))
            .setSecurityContext(security);
    for (Sysctl sysctl : from.getSysctlsList()) {
      linux.putSysctls(sysctl.getName().replace('/', '.'), sysctl.getValue());
    }
    return linux.build();
  }

  private static boolean anyPrivileged(PodSpec spec) {
    return PodContainers.all(spec).stream().anyMatch(c -> c.getSecurityContext().getPrivileged());
  }

  /// Upstream's number 0 is POD, so a namespace of the container's own has to be said.
  static NamespaceOption namespaces(PodSpec spec) {
    NamespaceMode pid =
        spec.getShareProcessNamespace() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
    return NamespaceOption.newBuilder()
        .setNetwork(spec.getHostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
        .setPid(spec.getHostPID() ? NamespaceMode.NODE : pid)
        .setIpc(spec.getHostIPC() ? NamespaceMode.NODE : NamespaceMode.POD)
        .build();
  }
}
