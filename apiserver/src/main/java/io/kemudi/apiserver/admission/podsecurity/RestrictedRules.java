package io.kemudi.apiserver.admission.podsecurity;

import io.kemudi.apimachinery.pods.PodContainers;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.core.v1.VolumeSource;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What level restricted forbids beyond baseline: whatever a hardened container can do without.
/// From 1.25 on what only Linux knows is not asked of pods that say that they run on Windows.
final class RestrictedRules {
  private static final int KNOWS_SYSTEMS = 25;

  /// Sources of a pod's own that need no rights on the node.
  private static final Set<String> SAFE_SOURCES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private RestrictedRules() {}

  private static boolean isWindows(PodSpec spec, int minor) {
    return minor >= KNOWS_SYSTEMS && spec.getOs().getName().equals("windows");
  }

  static @Nullable Violation allowPrivilegeEscalation(
      ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      var context = container.getSecurityContext();
      if (!context.hasAllowPrivilegeEscalation() || context.getAllowPrivilegeEscalation()) {
        containers.add(container.getName());
      }
    }
    return containers.isEmpty() || isWindows(spec, minor)
        ? null
        : new Violation(
            "allowPrivilegeEscalation != false",
            Words.containers(containers)
                + " must set securityContext.allowPrivilegeEscalation=false");
  }

  static @Nullable Violation capabilities(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> keeping = new ArrayList<>();
    List<String> adding = new ArrayList<>();
    Set<String> added = new TreeSet<>();
    for (Container container : PodContainers.all(spec)) {
      var capabilities = container.getSecurityContext().getCapabilities();
      if (!capabilities.getDropList().contains("ALL")) {
        keeping.add(container.getName());
      }
      List<String> bad =
          capabilities.getAddList().stream().filter(c -> !c.equals("NET_BIND_SERVICE")).toList();
      if (!bad.isEmpty()) {
        adding.add(container.getName());
        added.addAll(bad);
      }
    }
    List<String> details = new ArrayList<>();
    if (!keeping.isEmpty()) {
      details.add(
          Words.containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    if (!adding.isEmpty()) {
      details.add(
          Words.containers(adding)
              + " must not include "
              + Words.quoted(added)
              + " in securityContext.capabilities.add");
    }
    return details.isEmpty() || isWindows(spec, minor)
        ? null
        : new Violation("unrestricted capabilities", String.join("; ", details));
  }

  static @Nullable Violation procMount(ObjectMeta metadata, PodSpec spec, int minor) {
    return BaselineRules.unmaskedProc(spec);
  }

  static @Nullable Violation volumes(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> names = new ArrayList<>();
    Set<String> types = new TreeSet<>();
    for (Volume volume : spec.getVolumesList()) {
      String type = type(volume.getVolumeSource());
      if (!SAFE_SOURCES.contains(type)) {
        names.add(volume.getName());
        types.add(type);
      }
    }
    return names.isEmpty()
        ? null
        : new Violation(
            "restricted volume types",
            Words.plural(names.size(), "volume ", "volumes ")
                + Words.quoted(names)
                + Words.plural(names.size(), " uses ", " use ")
                + Words.plural(types.size(), "restricted volume type ", "restricted volume types ")
                + Words.quoted(types));
  }

  /// The source's field name; `unknown` where none is set.
  private static String type(VolumeSource source) {
    return source.getAllFields().keySet().stream()
        .findFirst()
        .map(field -> field.getJsonName())
        .orElse("unknown");
  }

  /// From 1.35 on root in a user namespace of the pod's own is nobody on the node (KEP-127).
  private static boolean isNobody(PodSpec spec, int minor) {
    return minor >= 35 && BaselineRules.hasOwnUsers(spec);
  }

  static @Nullable Violation runAsNonRoot(ObjectMeta metadata, PodSpec spec, int minor) {
    if (isNobody(spec, minor)) {
      return null;
    }
    var ofPod = spec.getSecurityContext();
    boolean podRefuses = ofPod.hasRunAsNonRoot() && !ofPod.getRunAsNonRoot();
    List<String> refusing = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      var context = container.getSecurityContext();
      if (context.hasRunAsNonRoot() && !context.getRunAsNonRoot()) {
        refusing.add(container.getName());
      } else if (!context.hasRunAsNonRoot() && !ofPod.getRunAsNonRoot()) {
        silent.add(container.getName());
      }
    }
    String reason = "runAsNonRoot != true";
    if (podRefuses || !refusing.isEmpty()) {
      return new Violation(
          reason,
          Words.setters(podRefuses, refusing) + " must not set securityContext.runAsNonRoot=false");
    }
    return silent.isEmpty()
        ? null
        : new Violation(
            reason,
            "pod or " + Words.containers(silent) + " must set securityContext.runAsNonRoot=true");
  }

  static @Nullable Violation runAsUser(ObjectMeta metadata, PodSpec spec, int minor) {
    if (isNobody(spec, minor)) {
      return null;
    }
    var ofPod = spec.getSecurityContext();
    boolean pod = ofPod.hasRunAsUser() && ofPod.getRunAsUser() == 0;
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      var context = container.getSecurityContext();
      if (context.hasRunAsUser() && context.getRunAsUser() == 0) {
        containers.add(container.getName());
      }
    }
    return !pod && containers.isEmpty()
        ? null
        : new Violation(
            "runAsUser=0", Words.setters(pod, containers) + " must not set runAsUser=0");
  }

  static @Nullable Violation seccompProfile(ObjectMeta metadata, PodSpec spec, int minor) {
    if (isWindows(spec, minor)) {
      return null;
    }
    Violation explicit = BaselineRules.seccompFields(spec);
    if (explicit != null) {
      return explicit;
    }
    if (spec.getSecurityContext().hasSeccompProfile()) {
      return null;
    }
    List<String> silent =
        PodContainers.all(spec).stream()
            .filter(c -> !c.getSecurityContext().hasSeccompProfile())
            .map(Container::getName)
            .toList();
    return silent.isEmpty()
        ? null
        : new Violation(
            "seccompProfile",
            "pod or "
                + Words.containers(silent)
                + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or"
                + " \"Localhost\"");
  }
}
