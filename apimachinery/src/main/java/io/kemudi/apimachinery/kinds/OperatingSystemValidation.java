package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.core.v1.PodSecurityContext;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.List;

/// A pod that says for which system it is must not say what only another system knows.
final class OperatingSystemValidation {
  private OperatingSystemValidation() {}

  static void validate(PodSpec spec, FieldPath path, FieldErrors errors) {
    if (!spec.hasOs()) {
      return;
    }
    String os = spec.getOs().getName();
    if (os.isEmpty()) {
      errors.required(path.child("os", "name"), "cannot be empty");
      return;
    }
    Checks.oneOf(os, List.of("linux", "windows"), path.child("os"), errors);
    if (os.equals("linux")) {
      linux(spec, path, errors);
    } else if (os.equals("windows")) {
      windows(spec, path, errors);
    }
  }

  private static void linux(PodSpec spec, FieldPath path, FieldErrors errors) {
    String why = "windows options cannot be set for a linux pod";
    if (spec.getSecurityContext().hasWindowsOptions()) {
      errors.forbidden(path.child("securityContext", "windowsOptions"), why);
    }
    for (int i = 0; i < spec.getContainersCount(); i++) {
      if (spec.getContainers(i).getSecurityContext().hasWindowsOptions()) {
        errors.forbidden(
            path.child("containers").index(i).child("securityContext", "windowsOptions"), why);
      }
    }
  }

  private static void windows(PodSpec spec, FieldPath path, FieldErrors errors) {
    PodSecurityContext context = spec.getSecurityContext();
    FieldPath place = path.child("securityContext");
    forbid(spec.getHostPID(), path.child("hostPID"), errors);
    forbid(spec.getHostIPC(), path.child("hostIPC"), errors);
    forbid(spec.hasHostUsers(), path.child("hostUsers"), errors);
    forbid(context.hasAppArmorProfile(), place.child("appArmorProfile"), errors);
    forbid(context.hasSeLinuxOptions(), place.child("seLinuxOptions"), errors);
    forbid(context.hasSeccompProfile(), place.child("seccompProfile"), errors);
    forbid(context.hasFsGroup(), place.child("fsGroup"), errors);
    forbid(context.hasFsGroupChangePolicy(), place.child("fsGroupChangePolicy"), errors);
    forbid(context.getSysctlsCount() > 0, place.child("sysctls"), errors);
    forbid(spec.hasShareProcessNamespace(), path.child("shareProcessNamespace"), errors);
    forbid(context.hasRunAsUser(), place.child("runAsUser"), errors);
    forbid(context.hasRunAsGroup(), place.child("runAsGroup"), errors);
    forbid(context.getSupplementalGroupsCount() > 0, place.child("supplementalGroups"), errors);
  }

  private static void forbid(boolean present, FieldPath path, FieldErrors errors) {
    if (present) {
      errors.forbidden(path, "cannot be set for a windows pod");
    }
  }
}
