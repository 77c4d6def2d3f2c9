package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.ContainerResizePolicy;
import io.kemudi.kubernetes.core.v1.EphemeralContainer;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeDevice;
import io.kemudi.kubernetes.core.v1.VolumeMount;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/// The containers of a pod: the plain ones, those that run before them, those added to debug.
final class ContainerValidation {
  static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> MESSAGE_POLICIES = List.of("File", "FallbackToLogsOnError");
  private static final List<String> PROPAGATIONS =
      List.of("Bidirectional", "HostToContainer", "None");
  private static final List<String> RECURSIVE = List.of("Disabled", "Enabled", "IfPossible");

  private final PodSpec spec;
  private final FieldErrors errors;
  private final Map<String, Volume> volumes = new HashMap<>();
  private final Set<String> claims = new HashSet<>();
  private final boolean ownUsers;

  ContainerValidation(PodSpec spec, FieldErrors errors) {
    this.spec = spec;
    this.errors = errors;
    spec.getVolumesList().forEach(volume -> volumes.put(volume.getName(), volume));
    spec.getResourceClaimsList().forEach(claim -> claims.add(claim.getName()));
    ownUsers = spec.hasHostUsers() && !spec.getHostUsers();
  }

  void validateAll(FieldPath path) {
    FieldPath place = path.child("containers");
    if (spec.getContainersCount() == 0) {
      errors.required(place);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.getContainersCount(); i++) {
      validatePlain(spec.getContainers(i), names, place.index(i));
    }
    hostPortConflicts(spec.getContainersList(), place);
    validateInit(names, path.child("initContainers"));
    validateEphemeral(names, path.child("ephemeralContainers"));
  }

  private void validatePlain(Container container, Set<String> names, FieldPath path) {
    validateCommon(container, path);
    if (!names.add(container.getName())) {
      errors.duplicate(path.child("name"), container.getName());
    }
    validateHooksAndProbes(container, path);
    if (container.hasRestartPolicy()) {
      Checks.oneOf(
          container.getRestartPolicy(), RESTART_POLICIES, path.child("restartPolicy"), errors);
    }
  }

  private void validateHooksAndProbes(Container container, FieldPath path) {
    if (container.hasLifecycle()) {
      long grace =
          spec.hasTerminationGracePeriodSeconds() ? spec.getTerminationGracePeriodSeconds() : 30;
      ProbeValidation.validateLifecycle(container, grace, path.child("lifecycle"), errors);
    }
    if (container.hasLivenessProbe()) {
      ProbeValidation.validateLiveness(
          container.getLivenessProbe(), path.child("livenessProbe"), errors);
    }
    if (container.hasReadinessProbe()) {
      ProbeValidation.validateReadiness(
          container.getReadinessProbe(), path.child("readinessProbe"), errors);
    }
    if (container.hasStartupProbe()) {
      ProbeValidation.validateStartup(
          container.getStartupProbe(), path.child("startupProbe"), errors);
    }
  }

  /// What all containers have in common.
  private void validateCommon(Container container, FieldPath path) {
    if (container.getName().isEmpty()) {
      errors.required(path.child("name"));
    } else {
      Checks.form(container.getName(), Names::dnsLabel, path.child("name"), errors);
    }
    Checks.requiredText(container.getImage(), path.child("image"), errors);
    String messages = container.getTerminationMessagePolicy();
    if (messages.isEmpty()) {
      errors.required(path.child("terminationMessagePolicy"));
    } else {
      Checks.oneOf(messages, MESSAGE_POLICIES, path.child("terminationMessagePolicy"), errors);
    }
    validatePorts(container.getPortsList(), path.child("ports"));
    EnvValidation.validate(container.getEnvList(), path.child("env"), errors);
    EnvValidation.validateFrom(container.getEnvFromList(), path.child("envFrom"), errors);
    validateMounts(container, path.child("volumeMounts"));
    validateDevices(container, path.child("volumeDevices"));
    if (container.getImagePullPolicy().isEmpty()) {
      errors.required(path.child("imagePullPolicy"));
    } else {
      Checks.oneOf(
          container.getImagePullPolicy(), PULL_POLICIES, path.child("imagePullPolicy"), errors);
    }
    ResourcesValidation.validateContainer(
        container.getResources(), claims, path.child("resources"), errors);
    validateResizePolicies(container.getResizePolicyList(), path.child("resizePolicy"));
    if (container.hasSecurityContext()) {
      SecurityContextValidation.validate(
          container.getSecurityContext(), ownUsers, path.child("securityContext"), errors);
    }
  }

  private void validatePorts(List<ContainerPort> ports, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      ContainerPort port = ports.get(i);
      FieldPath place = path.index(i);
      if (!port.getName().isEmpty()) {
        List<String> wrong = Names.portName(port.getName());
        wrong.forEach(error -> errors.invalid(place.child("name"), port.getName(), error));
        if (wrong.isEmpty() && !names.add(port.getName())) {
          errors.duplicate(place.child("name"), port.getName());
        }
      }
      if (port.getContainerPort() == 0) {
        errors.required(place.child("containerPort"));
      } else {
        Checks.port(port.getContainerPort(), place.child("containerPort"), errors);
      }
      if (port.getHostPort() != 0) {
        Checks.port(port.getHostPort(), place.child("hostPort"), errors);
      }
      if (port.getProtocol().isEmpty()) {
        errors.required(place.child("protocol"));
      } else {
        Checks.oneOf(port.getProtocol(), PROTOCOLS, place.child("protocol"), errors);
      }
    }
  }

  private void hostPortConflicts(List<Container> containers, FieldPath path) {
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < containers.size(); i++) {
      List<ContainerPort> ports = containers.get(i).getPortsList();
      for (int j = 0; j < ports.size(); j++) {
        ContainerPort port = ports.get(j);
        String key = port.getProtocol() + "/" + port.getHostIP() + "/" + port.getHostPort();
        if (port.getHostPort() != 0 && !taken.add(key)) {
          errors.duplicate(path.index(i).child("ports").index(j).child("hostPort"), key);
        }
      }
    }
  }

  /// Places of sub-paths and modes have no index, as upstream has it.
  private void validateMounts(Container container, FieldPath path) {
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < container.getVolumeMountsCount(); i++) {
      VolumeMount mount = container.getVolumeMounts(i);
      FieldPath place = path.index(i);
      Checks.requiredText(mount.getName(), place.child("name"), errors);
      if (!volumes.containsKey(mount.getName())) {
        errors.notFound(place.child("name"), mount.getName());
      }
      Checks.requiredText(mount.getMountPath(), place.child("mountPath"), errors);
      if (!paths.add(mount.getMountPath())) {
        errors.invalid(place.child("mountPath"), mount.getMountPath(), "must be unique");
      }
      for (VolumeDevice device : container.getVolumeDevicesList()) {
        if (device.getName().equals(mount.getName())) {
          errors.invalid(
              place.child("name"), mount.getName(), "must not already exist in volumeDevices");
        }
        if (device.getDevicePath().equals(mount.getMountPath())) {
          errors.invalid(
              place.child("mountPath"),
              mount.getMountPath(),
              "must not already exist as a path in volumeDevices");
        }
      }
      if (!mount.getSubPath().isEmpty()) {
        Checks.relativePath(mount.getSubPath(), path.child("subPath"), errors);
      }
      if (!mount.getSubPathExpr().isEmpty()) {
        if (!mount.getSubPath().isEmpty()) {
          errors.invalid(
              place.child("subPathExpr"),
              mount.getSubPathExpr(),
              "subPathExpr and subPath are mutually exclusive");
        }
        Checks.relativePath(mount.getSubPathExpr(), path.child("subPathExpr"), errors);
      }
      if (mount.hasMountPropagation()) {
        validatePropagation(container, mount.getMountPropagation(), path.child("mountPropagation"));
      }
      if (mount.hasRecursiveReadOnly()) {
        validateRecursive(mount, path.child("recursiveReadOnly"));
      }
    }
  }

  private void validatePropagation(Container container, String mode, FieldPath path) {
    Checks.oneOf(mode, PROPAGATIONS, path, errors);
    if (mode.equals("Bidirectional") && !container.getSecurityContext().getPrivileged()) {
      errors.forbidden(
          path, "Bidirectional mount propagation is available only to privileged containers");
    }
  }

  private void validateRecursive(VolumeMount mount, FieldPath path) {
    String mode = mount.getRecursiveReadOnly();
    Checks.oneOf(mode, RECURSIVE, path, errors);
    if (mode.equals("Enabled") || mode.equals("IfPossible")) {
      if (!mount.getReadOnly()) {
        errors.forbidden(path, "may only be specified when readOnly is true");
      }
      if (mount.hasMountPropagation() && !mount.getMountPropagation().equals("None")) {
        errors.forbidden(
            path, "may only be specified when mountPropagation is None or not specified");
      }
    }
  }

  private void validateDevices(Container container, FieldPath path) {
    if (ownUsers && container.getVolumeDevicesCount() > 0) {
      errors.forbidden(path, "when `hostUsers` is false");
    }
    Set<String> names = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < container.getVolumeDevicesCount(); i++) {
      VolumeDevice device = container.getVolumeDevices(i);
      FieldPath place = path.index(i);
      Checks.requiredText(device.getName(), place.child("name"), errors);
      if (!names.add(device.getName())) {
        errors.invalid(place.child("name"), device.getName(), "must be unique");
      }
      Volume volume = volumes.get(device.getName());
      if (volume == null) {
        errors.notFound(place.child("name"), device.getName());
      } else if (!volume.getVolumeSource().hasPersistentVolumeClaim()
          && !volume.getVolumeSource().hasEphemeral()) {
        errors.invalid(
            place.child("name"),
            device.getName(),
            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
      }
      Checks.requiredText(device.getDevicePath(), place.child("devicePath"), errors);
      if (!paths.add(device.getDevicePath())) {
        errors.invalid(place.child("devicePath"), device.getDevicePath(), "must be unique");
      }
      Checks.noBackSteps(device.getDevicePath(), place.child("devicePath"), errors);
    }
  }

  private void validateResizePolicies(List<ContainerResizePolicy> policies, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < policies.size(); i++) {
      ContainerResizePolicy policy = policies.get(i);
      if (!seen.add(policy.getResourceName())) {
        errors.duplicate(path.index(i), policy.getResourceName());
      }
      Checks.oneOf(policy.getResourceName(), List.of("cpu", "memory"), path, errors);
      Checks.oneOf(
          policy.getRestartPolicy(), List.of("NotRequired", "RestartContainer"), path, errors);
    }
  }

  /// Those that end cannot be probed; those that stay (`restartPolicy: Always`) are like plain
  /// ones.
  private void validateInit(Set<String> names, FieldPath path) {
    for (int i = 0; i < spec.getInitContainersCount(); i++) {
      Container container = spec.getInitContainers(i);
      FieldPath place = path.index(i);
      validateCommon(container, place);
      if (container.hasRestartPolicy()) {
        Checks.oneOf(
            container.getRestartPolicy(), RESTART_POLICIES, place.child("restartPolicy"), errors);
      }
      if (!names.add(container.getName())) {
        errors.duplicate(place.child("name"), container.getName());
      }
      if (container.getRestartPolicy().equals("Always")) {
        validateHooksAndProbes(container, place);
        continue;
      }
      String why = "may not be set for init containers without restartPolicy=Always";
      forbid(container.hasLifecycle(), place.child("lifecycle"), why);
      forbid(container.hasLivenessProbe(), place.child("livenessProbe"), why);
      forbid(container.hasReadinessProbe(), place.child("readinessProbe"), why);
      forbid(container.hasStartupProbe(), place.child("startupProbe"), why);
    }
    hostPortConflicts(spec.getInitContainersList(), path);
  }

  private void forbid(boolean present, FieldPath path, String why) {
    if (present) {
      errors.forbidden(path, why);
    }
  }

  private void validateEphemeral(Set<String> names, FieldPath path) {
    for (int i = 0; i < spec.getEphemeralContainersCount(); i++) {
      EphemeralContainer ephemeral = spec.getEphemeralContainers(i);
      Container container = EphemeralContainers.common(ephemeral);
      FieldPath place = path.index(i);
      validateCommon(container, place);
      boolean duplicate = !names.add(container.getName());
      if (duplicate) {
        errors.duplicate(place.child("name"), container.getName());
      }
      String target = ephemeral.getTargetContainerName();
      boolean known =
          spec.getContainersList().stream().anyMatch(c -> c.getName().equals(target))
              || spec.getInitContainersList().stream().anyMatch(c -> c.getName().equals(target));
      if (!target.isEmpty() && !known) {
        errors.notFound(place.child("targetContainerName"), target);
      }
      BiConsumer<Boolean, String> never =
          (present, field) ->
              forbid(present, place.child(field), "cannot be set for an Ephemeral Container");
      never.accept(container.getPortsCount() > 0, "ports");
      never.accept(container.hasLivenessProbe(), "livenessProbe");
      never.accept(container.hasReadinessProbe(), "readinessProbe");
      never.accept(container.hasStartupProbe(), "startupProbe");
      never.accept(container.hasLifecycle(), "lifecycle");
      never.accept(
          container.getResources().getLimitsCount() + container.getResources().getRequestsCount()
              > 0,
          "resources");
      for (int j = 0; j < container.getVolumeMountsCount(); j++) {
        if (!container.getVolumeMounts(j).getSubPath().isEmpty()) {
          errors.forbidden(
              place.child("volumeMounts").index(j).child("subPath"),
              "cannot be set for an Ephemeral Container");
        }
      }
    }
  }
}
