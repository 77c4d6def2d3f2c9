package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.AppArmorProfile;
import io.kemudi.kubernetes.core.v1.PodSecurityContext;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.SeccompProfile;
import io.kemudi.kubernetes.core.v1.SecurityContext;
import io.kemudi.kubernetes.core.v1.Sysctl;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Users, groups, capabilities and profiles, of containers and of the whole pod.
final class SecurityContextValidation {
  private static final List<String> PROFILE_TYPES =
      List.of("Localhost", "RuntimeDefault", "Unconfined");

  /// Possessive, so that no name makes it slow.
  private static final Pattern SYSCTL =
      Pattern.compile(
          "[a-z0-9]([-_a-z0-9]*+(?<=[a-z0-9]))?([./][a-z0-9]([-_a-z0-9]*+(?<=[a-z0-9]))?)*+");

  private static final String SYSCTL_ERROR =
      "must have at most 253 characters and match regex"
          + " ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

  private SecurityContextValidation() {}

  static void validate(
      SecurityContext context, boolean ownUsers, FieldPath path, FieldErrors errors) {
    if (context.hasRunAsUser()) {
      Checks.id(context.getRunAsUser(), path.child("runAsUser"), errors);
    }
    if (context.hasRunAsGroup()) {
      Checks.id(context.getRunAsGroup(), path.child("runAsGroup"), errors);
    }
    if (context.hasProcMount()) {
      Checks.oneOf(
          context.getProcMount(), List.of("Default", "Unmasked"), path.child("procMount"), errors);
      if (context.getProcMount().equals("Unmasked") && !ownUsers) {
        errors.invalid(
            path.child("procMount"),
            context.getProcMount(),
            "`hostUsers` must be false to use `Unmasked`");
      }
    }
    if (context.hasSeccompProfile()) {
      seccomp(context.getSeccompProfile(), path.child("seccompProfile"), errors);
    }
    if (context.hasAllowPrivilegeEscalation() && !context.getAllowPrivilegeEscalation()) {
      if (context.getPrivileged()) {
        errors.invalid(
            path,
            shown(context),
            "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
      }
      if (context.getCapabilities().getAddList().contains("CAP_SYS_ADMIN")) {
        errors.invalid(
            path,
            shown(context),
            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
      }
    }
    if (context.hasAppArmorProfile()) {
      appArmor(context.getAppArmorProfile(), path.child("appArmorProfile"), errors);
    }
  }

  private static void seccomp(SeccompProfile profile, FieldPath path, FieldErrors errors) {
    if (profile.getType().isEmpty()) {
      errors.required(path.child("type"), "type is required when seccompProfile is set");
      return;
    }
    Checks.oneOf(profile.getType(), PROFILE_TYPES, path.child("type"), errors);
    if (profile.getType().equals("Localhost")) {
      if (profile.getLocalhostProfile().isEmpty()) {
        errors.required(
            path.child("localhostProfile"), "must be set when seccomp type is Localhost");
      } else {
        Checks.relativePath(profile.getLocalhostProfile(), path.child("localhostProfile"), errors);
      }
    } else if (profile.hasLocalhostProfile()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("Type", profile.getType());
      shown.put("LocalhostProfile", profile.getLocalhostProfile());
      errors.invalid(
          path.child("localhostProfile"), shown, "can only be set when seccomp type is Localhost");
    }
  }

  private static void appArmor(AppArmorProfile profile, FieldPath path, FieldErrors errors) {
    if (profile.getType().isEmpty()) {
      errors.required(path.child("type"), "type is required when appArmorProfile is set");
    } else {
      Checks.oneOf(profile.getType(), PROFILE_TYPES, path.child("type"), errors);
    }
    FieldPath local = path.child("localhostProfile");
    if (profile.getType().equals("Localhost")) {
      if (profile.getLocalhostProfile().isBlank()) {
        errors.required(local, "must be set when AppArmor type is Localhost");
      }
    } else if (profile.hasLocalhostProfile()) {
      errors.invalid(
          local, profile.getLocalhostProfile(), "can only be set when AppArmor type is Localhost");
    }
  }

  static void validatePod(PodSpec spec, FieldPath specPath, FieldErrors errors) {
    hostPorts(spec, specPath, errors);
    if (!spec.hasSecurityContext() && !spec.getShareProcessNamespace()) {
      return;
    }
    PodSecurityContext context = spec.getSecurityContext();
    FieldPath path = specPath.child("securityContext");
    if (context.hasFsGroup()) {
      Checks.id(context.getFsGroup(), path.child("fsGroup"), errors);
    }
    if (context.hasRunAsUser()) {
      Checks.id(context.getRunAsUser(), path.child("runAsUser"), errors);
    }
    if (context.hasRunAsGroup()) {
      Checks.id(context.getRunAsGroup(), path.child("runAsGroup"), errors);
    }
    for (int i = 0; i < context.getSupplementalGroupsCount(); i++) {
      Checks.id(
          context.getSupplementalGroups(i), path.child("supplementalGroups").index(i), errors);
    }
    if (spec.getShareProcessNamespace() && spec.getHostPID()) {
      errors.invalid(
          path.child("shareProcessNamespace"),
          true,
          "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    sysctls(context.getSysctlsList(), path.child("sysctls"), errors);
    if (context.hasFsGroupChangePolicy()) {
      Checks.oneOf(
          context.getFsGroupChangePolicy(),
          List.of("Always", "OnRootMismatch"),
          path.child("fsGroupChangePolicy"),
          errors);
    }
    if (context.hasSeccompProfile()) {
      seccomp(context.getSeccompProfile(), path.child("seccompProfile"), errors);
    }
    if (context.hasAppArmorProfile()) {
      appArmor(context.getAppArmorProfile(), path.child("appArmorProfile"), errors);
    }
    if (context.hasSeLinuxChangePolicy()) {
      Checks.oneOf(
          context.getSeLinuxChangePolicy(),
          List.of("Recursive"),
          path.child("seLinuxChangePolicy"),
          errors);
    }
    if (context.hasSupplementalGroupsPolicy()) {
      Checks.oneOf(
          context.getSupplementalGroupsPolicy(),
          List.of("Merge", "Strict"),
          path.child("supplementalGroupsPolicy"),
          errors);
    }
  }

  /// On the host's network a container's port is the host's.
  private static void hostPorts(PodSpec spec, FieldPath path, FieldErrors errors) {
    if (!spec.getHostNetwork()) {
      return;
    }
    for (int i = 0; i < spec.getContainersCount(); i++) {
      var ports = spec.getContainers(i).getPortsList();
      for (int j = 0; j < ports.size(); j++) {
        if (ports.get(j).getHostPort() != ports.get(j).getContainerPort()) {
          errors.invalid(
              path.child("containers").index(i).child("ports").index(j).child("hostPort"),
              ports.get(j).getHostPort(),
              "must match `containerPort` when `hostNetwork` is true");
        }
      }
    }
  }

  private static void sysctls(List<Sysctl> sysctls, FieldPath path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < sysctls.size(); i++) {
      String name = sysctls.get(i).getName();
      FieldPath place = path.index(i).child("name");
      if (name.isEmpty()) {
        errors.required(place);
      } else if (name.length() > 253 || !SYSCTL.matcher(name).matches()) {
        errors.invalid(place, name, SYSCTL_ERROR);
      } else if (!names.add(name.replace('/', '.'))) {
        errors.duplicate(place, name);
      }
    }
  }

  /// As upstream's error prints the struct.
  private static Map<String, @Nullable Object> shown(SecurityContext context) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
    capabilities.put("Add", orNull(context.getCapabilities().getAddList()));
    capabilities.put("Drop", orNull(context.getCapabilities().getDropList()));
    shown.put("Capabilities", context.hasCapabilities() ? capabilities : null);
    shown.put("Privileged", context.hasPrivileged() ? context.getPrivileged() : null);
    shown.put("SELinuxOptions", null);
    shown.put("WindowsOptions", null);
    shown.put("RunAsUser", context.hasRunAsUser() ? context.getRunAsUser() : null);
    shown.put("RunAsGroup", context.hasRunAsGroup() ? context.getRunAsGroup() : null);
    shown.put("RunAsNonRoot", context.hasRunAsNonRoot() ? context.getRunAsNonRoot() : null);
    shown.put(
        "ReadOnlyRootFilesystem",
        context.hasReadOnlyRootFilesystem() ? context.getReadOnlyRootFilesystem() : null);
    shown.put("AllowPrivilegeEscalation", context.getAllowPrivilegeEscalation());
    shown.put("ProcMount", context.hasProcMount() ? context.getProcMount() : null);
    shown.put("SeccompProfile", null);
    shown.put("AppArmorProfile", null);
    return shown;
  }

  private static @Nullable Object orNull(List<String> list) {
    return list.isEmpty() ? null : list;
  }
}
