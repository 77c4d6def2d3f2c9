package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.Capability;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.Int64Value;
import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.NamespaceMode;
import io.kemudi.cri.v1.SELinuxOption;
import io.kemudi.cri.v1.SecurityProfile;
import io.kemudi.cri.v1.SupplementalGroupsPolicy;
import io.kemudi.kubernetes.core.v1.AppArmorProfile;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodSecurityContext;
import io.kemudi.kubernetes.core.v1.SELinuxOptions;
import io.kemudi.kubernetes.core.v1.SeccompProfile;
import io.kemudi.kubernetes.core.v1.SecurityContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// With which rights a container runs: its own security context over its pod's.
final class ContainerSecurity {
  // What /proc and /sys tell about the node, hidden or kept from writing; containerd's and runc's
  // own lists, which a runtime applies only when asked.
  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final Pod pod;
  private final PodSecurityContext shared;
  private final Container container;
  private final SecurityContext own;

  private ContainerSecurity(Pod pod, Container container) {
    this.pod = pod;
    this.shared = pod.getSpec().getSecurityContext();
    this.container = container;
    this.own = container.getSecurityContext();
  }

  /// @param target the id of the container whose processes an ephemeral one may see, or ""
  static LinuxContainerSecurityContext of(
      Pod pod, Container container, Image image, String target) {
    return new ContainerSecurity(pod, container).build(image, target);
  }

  private LinuxContainerSecurityContext build(Image image, String target) {
    boolean privileged = own.getPrivileged();
    var security =
        LinuxContainerSecurityContext.newBuilder()
            .setPrivileged(privileged)
            .setReadonlyRootfs(own.getReadOnlyRootFilesystem())
            .setNoNewPrivs(own.hasAllowPrivilegeEscalation() && !own.getAllowPrivilegeEscalation())
            .addAllSupplementalGroups(shared.getSupplementalGroupsList())
            .setCapabilities(
                Capability.newBuilder()
                    .addAllAddCapabilities(own.getCapabilities().getAddList())
                    .addAllDropCapabilities(own.getCapabilities().getDropList()))
            .setSeccomp(seccomp());
    if (shared.hasFsGroup()) {
      security.addSupplementalGroups(shared.getFsGroup());
    }
    if (shared.getSupplementalGroupsPolicy().equals("Strict")) {
      security.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict);
    }
    var namespaces = SandboxConfigs.namespaces(pod.getSpec()).toBuilder();
    if (!target.isEmpty()) {
      namespaces.setPid(NamespaceMode.TARGET).setTargetId(target);
    }
    security.setNamespaceOptions(namespaces);
    setUser(security, image);
    setPaths(security, privileged);
    setApparmor(security);
    SELinuxOptions selinux =
        own.hasSeLinuxOptions() ? own.getSeLinuxOptions() : shared.getSeLinuxOptions();
    if (!selinux.equals(SELinuxOptions.getDefaultInstance())) {
      security.setSelinuxOptions(
          SELinuxOption.newBuilder()
              .setUser(selinux.getUser())
              .setRole(selinux.getRole())
              .setType(selinux.getType())
              .setLevel(selinux.getLevel()));
    }
    return security.build();
  }

  private void setUser(LinuxContainerSecurityContext.Builder security, Image image) {
    Long user =
        own.hasRunAsUser()
            ? Long.valueOf(own.getRunAsUser())
            : shared.hasRunAsUser() ? Long.valueOf(shared.getRunAsUser()) : null;
    Long group =
        own.hasRunAsGroup()
            ? Long.valueOf(own.getRunAsGroup())
            : shared.hasRunAsGroup() ? Long.valueOf(shared.getRunAsGroup()) : null;
    boolean nonRoot = own.hasRunAsNonRoot() ? own.getRunAsNonRoot() : shared.getRunAsNonRoot();
    if (nonRoot) {
      requireNonRoot(user, image);
    }
    if (user != null) {
      security.setRunAsUser(Int64Value.newBuilder().setValue(user));
    } else if (image.hasUid()) {
      security.setRunAsUser(image.getUid());
    } else if (!image.getUsername().isEmpty()) {
      security.setRunAsUsername(image.getUsername());
    }
    if (group != null) {
      if (user == null && !image.hasUid() && image.getUsername().isEmpty()) {
        security.setRunAsUser(Int64Value.newBuilder().setValue(0)); // a group needs a user
      }
      security.setRunAsGroup(Int64Value.newBuilder().setValue(group));
    }
  }

  private void requireNonRoot(@Nullable Long user, Image image) {
    String where =
        " (pod: \"%s_%s(%s)\", container: %s)"
            .formatted(
                pod.getMetadata().getName(),
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getUid(),
                container.getName());
    if (user != null) {
      if (user == 0) {
        throw ConfigFailure.config("container's runAsUser breaks non-root policy" + where);
      }
      return;
    }
    if (!image.getUsername().isEmpty()) {
      throw ConfigFailure.config(
          "container has runAsNonRoot and image has non-numeric user ("
              + image.getUsername()
              + "), cannot verify user is non-root"
              + where);
    }
    if (!image.hasUid() || image.getUid().getValue() == 0) {
      throw ConfigFailure.config("container has runAsNonRoot and image will run as root" + where);
    }
  }

  private void setPaths(LinuxContainerSecurityContext.Builder security, boolean privileged) {
    switch (own.getProcMount()) {
      case "", "Default" -> {
        if (!privileged) {
          security.addAllMaskedPaths(MASKED).addAllReadonlyPaths(READ_ONLY);
        }
      }
      default ->
          throw ConfigFailure.unsupported("securityContext.procMount: " + own.getProcMount());
    }
  }

  private SecurityProfile seccomp() {
    SeccompProfile profile =
        own.hasSeccompProfile() ? own.getSeccompProfile() : shared.getSeccompProfile();
    var type =
        switch (profile.getType()) {
          case "", "Unconfined" -> SecurityProfile.ProfileType.Unconfined;
          case "RuntimeDefault" -> SecurityProfile.ProfileType.RuntimeDefault;
          // An unknown or empty local profile must never come to mean unconfined.
          default ->
              throw ConfigFailure.unsupported(
                  "securityContext.seccompProfile.type: " + profile.getType());
        };
    return SecurityProfile.newBuilder().setProfileType(type).build();
  }

  private void setApparmor(LinuxContainerSecurityContext.Builder security) {
    AppArmorProfile profile =
        own.hasAppArmorProfile() ? own.getAppArmorProfile() : shared.getAppArmorProfile();
    var apparmor = SecurityProfile.newBuilder();
    switch (profile.getType()) {
      case "" -> {
        return;
      }
      case "RuntimeDefault" -> apparmor.setProfileType(SecurityProfile.ProfileType.RuntimeDefault);
      case "Unconfined" -> apparmor.setProfileType(SecurityProfile.ProfileType.Unconfined);
      case "Localhost" ->
          apparmor
              .setProfileType(SecurityProfile.ProfileType.Localhost)
              .setLocalhostRef(profile.getLocalhostProfile());
      default ->
          throw ConfigFailure.unsupported(
              "securityContext.appArmorProfile.type: " + profile.getType());
    }
    security.setApparmor(apparmor);
  }
}
