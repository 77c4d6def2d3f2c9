package io.kemudi.apiserver.admission.podsecurity;

import io.kemudi.apimachinery.pods.PodContainers;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.ContainerPort;
import io.kemudi.kubernetes.core.v1.LifecycleHandler;
import io.kemudi.kubernetes.core.v1.PodSpec;
import io.kemudi.kubernetes.core.v1.Probe;
import io.kemudi.kubernetes.core.v1.SELinuxOptions;
import io.kemudi.kubernetes.core.v1.Sysctl;
import io.kemudi.kubernetes.core.v1.Volume;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What level baseline forbids: the known ways to more rights than a container has.
final class BaselineRules {
  private static final Set<String> CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");
  private static final Set<String> SELINUX_TYPES =
      Set.of("", "container_t", "container_init_t", "container_kvm_t");
  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
  private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

  private BaselineRules() {}

  static @Nullable Violation appArmor(ObjectMeta metadata, PodSpec spec, int minor) {
    Set<String> values = new TreeSet<>();
    boolean pod = false;
    if (spec.getSecurityContext().hasAppArmorProfile()) {
      String type = spec.getSecurityContext().getAppArmorProfile().getType();
      pod = isBadProfile(type, values);
    }
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      if (container.getSecurityContext().hasAppArmorProfile()
          && isBadProfile(container.getSecurityContext().getAppArmorProfile().getType(), values)) {
        containers.add(container.getName());
      }
    }
    Set<String> annotations = new TreeSet<>();
    metadata
        .getAnnotationsMap()
        .forEach((key, value) -> {
          boolean allowed =
              value.isEmpty() || value.equals("runtime/default") || value.startsWith("localhost/");
          if (key.startsWith(APP_ARMOR) && !allowed) {
            annotations.add(key + "=" + Words.quoted(List.of(value)));
          }
        });
    List<String> bad = new ArrayList<>(values);
    bad.addAll(annotations);
    if (bad.isEmpty()) {
      return null;
    }
    List<String> setters = new ArrayList<>();
    String who = Words.setters(pod, containers);
    if (!who.isEmpty()) {
      setters.add(who);
    }
    if (!annotations.isEmpty()) {
      setters.add(Words.plural(annotations.size(), "annotation", "annotations"));
    }
    return new Violation(
        Words.plural(bad.size(), "forbidden AppArmor profile", "forbidden AppArmor profiles"),
        String.join(" and ", setters)
            + " must not set AppArmor profile type to "
            + Words.quoted(bad));
  }

  private static boolean isBadProfile(String type, Set<String> values) {
    boolean bad = !type.equals("RuntimeDefault") && !type.equals("Localhost");
    if (bad) {
      values.add(type);
    }
    return bad;
  }

  static @Nullable Violation capabilities(ObjectMeta metadata, PodSpec spec, int minor) {
    Set<String> added = new TreeSet<>();
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      List<String> bad =
          container.getSecurityContext().getCapabilities().getAddList().stream()
              .filter(capability -> !CAPABILITIES.contains(capability))
              .toList();
      if (!bad.isEmpty()) {
        containers.add(container.getName());
        added.addAll(bad);
      }
    }
    return containers.isEmpty()
        ? null
        : new Violation(
            "non-default capabilities",
            Words.containers(containers)
                + " must not include "
                + Words.quoted(added)
                + " in securityContext.capabilities.add");
  }

  static @Nullable Violation hostNamespaces(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> shared = new ArrayList<>();
    if (spec.getHostNetwork()) {
      shared.add("hostNetwork=true");
    }
    if (spec.getHostPID()) {
      shared.add("hostPID=true");
    }
    if (spec.getHostIPC()) {
      shared.add("hostIPC=true");
    }
    return shared.isEmpty() ? null : new Violation("host namespaces", String.join(", ", shared));
  }

  static @Nullable Violation hostPathVolumes(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> volumes = new ArrayList<>();
    for (Volume volume : spec.getVolumesList()) {
      if (volume.getVolumeSource().hasHostPath()) {
        volumes.add(volume.getName());
      }
    }
    return volumes.isEmpty()
        ? null
        : new Violation(
            "hostPath volumes",
            Words.plural(volumes.size(), "volume", "volumes") + " " + Words.quoted(volumes));
  }

  static @Nullable Violation hostPorts(ObjectMeta metadata, PodSpec spec, int minor) {
    Set<String> ports = new TreeSet<>(); // by their text, as upstream
    Set<String> containers = new LinkedHashSet<>();
    for (Container container : PodContainers.all(spec)) {
      for (ContainerPort port : container.getPortsList()) {
        if (port.getHostPort() != 0) {
          ports.add(Integer.toString(port.getHostPort()));
          containers.add(container.getName());
        }
      }
    }
    return containers.isEmpty()
        ? null
        : new Violation(
            "hostPort",
            Words.containers(containers)
                + Words.plural(containers.size(), " uses ", " use ")
                + Words.plural(ports.size(), "hostPort ", "hostPorts ")
                + String.join(", ", ports));
  }

  /// A node asks what a probe names from inside its own network (KEP-4940).
  static @Nullable Violation probeHosts(ObjectMeta metadata, PodSpec spec, int minor) {
    Set<String> hosts = new TreeSet<>();
    Set<String> containers = new TreeSet<>();
    for (Container container : PodContainers.all(spec)) {
      Set<String> named = new TreeSet<>();
      for (Probe probe :
          List.of(
              container.getLivenessProbe(),
              container.getReadinessProbe(),
              container.getStartupProbe())) {
        named.add(probe.getHandler().getHttpGet().getHost());
        named.add(probe.getHandler().getTcpSocket().getHost());
      }
      for (LifecycleHandler handler :
          List.of(container.getLifecycle().getPostStart(), container.getLifecycle().getPreStop())) {
        named.add(handler.getHttpGet().getHost());
        named.add(handler.getTcpSocket().getHost());
      }
      named.remove("");
      if (!named.isEmpty()) {
        hosts.addAll(named);
        containers.add(container.getName());
      }
    }
    return containers.isEmpty()
        ? null
        : new Violation(
            "probe or lifecycle host",
            Words.containers(containers)
                + Words.plural(containers.size(), " uses ", " use ")
                + Words.plural(
                    hosts.size(), "probe or lifecycle host ", "probe or lifecycle hosts ")
                + Words.quoted(hosts));
  }

  static @Nullable Violation privileged(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      if (container.getSecurityContext().getPrivileged()) {
        containers.add(container.getName());
      }
    }
    return containers.isEmpty()
        ? null
        : new Violation(
            "privileged",
            Words.containers(containers) + " must not set securityContext.privileged=true");
  }

  /// From 1.35 on a pod in a user namespace of its own may see all of its /proc (KEP-127).
  static @Nullable Violation procMount(ObjectMeta metadata, PodSpec spec, int minor) {
    return minor >= 35 && hasOwnUsers(spec) ? null : unmaskedProc(spec);
  }

  static boolean hasOwnUsers(PodSpec spec) {
    return spec.hasHostUsers() && !spec.getHostUsers();
  }

  static @Nullable Violation unmaskedProc(PodSpec spec) {
    Set<String> types = new TreeSet<>();
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      var context = container.getSecurityContext();
      if (context.hasProcMount() && !context.getProcMount().equals("Default")) {
        types.add(context.getProcMount());
        containers.add(container.getName());
      }
    }
    return containers.isEmpty()
        ? null
        : new Violation(
            "procMount",
            Words.containers(containers)
                + " must not set securityContext.procMount to "
                + Words.quoted(types));
  }

  static @Nullable Violation seLinuxOptions(ObjectMeta metadata, PodSpec spec, int minor) {
    Set<String> types = new TreeSet<>();
    boolean[] set = new boolean[2];
    boolean pod = isBadSeLinux(spec.getSecurityContext().getSeLinuxOptions(), minor, types, set);
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      if (isBadSeLinux(container.getSecurityContext().getSeLinuxOptions(), minor, types, set)) {
        containers.add(container.getName());
      }
    }
    if (!pod && containers.isEmpty()) {
      return null;
    }
    List<String> bad = new ArrayList<>();
    if (!types.isEmpty()) {
      bad.add(Words.plural(types.size(), "type", "types") + " " + Words.quoted(types));
    }
    if (set[0]) {
      bad.add("user may not be set");
    }
    if (set[1]) {
      bad.add("role may not be set");
    }
    return new Violation(
        "seLinuxOptions",
        Words.setters(pod, containers)
            + " set forbidden securityContext.seLinuxOptions: "
            + String.join("; ", bad));
  }

  /// `set` notes whether anybody set a user, and a role.
  private static boolean isBadSeLinux(
      SELinuxOptions options, int minor, Set<String> types, boolean[] set) {
    boolean badType =
        !SELINUX_TYPES.contains(options.getType())
            && !(minor >= 31 && options.getType().equals("container_engine_t"));
    if (badType) {
      types.add(options.getType());
    }
    boolean user = !options.getUser().isEmpty();
    boolean role = !options.getRole().isEmpty();
    set[0] |= user;
    set[1] |= role;
    return badType || user || role;
  }

  static @Nullable Violation seccompProfile(ObjectMeta metadata, PodSpec spec, int minor) {
    return minor < 19 ? seccompAnnotations(metadata, spec) : seccompFields(spec);
  }

  private static @Nullable Violation seccompAnnotations(ObjectMeta metadata, PodSpec spec) {
    Set<String> keys = new TreeSet<>(Set.of(SECCOMP_POD));
    PodContainers.all(spec).forEach(c -> keys.add(SECCOMP_CONTAINER + c.getName()));
    Set<String> bad = new TreeSet<>();
    for (String key : keys) {
      String value = metadata.getAnnotationsMap().get(key);
      if (value != null
          && !value.equals("runtime/default")
          && !value.equals("docker/default")
          && !value.startsWith("localhost/")) {
        bad.add(key + "=" + Words.quoted(List.of(value)));
      }
    }
    return bad.isEmpty()
        ? null
        : new Violation(
            "seccompProfile",
            "forbidden "
                + Words.plural(bad.size(), "annotation ", "annotations ")
                + String.join(", ", bad));
  }

  static @Nullable Violation seccompFields(PodSpec spec) {
    Set<String> values = new TreeSet<>();
    boolean pod =
        spec.getSecurityContext().hasSeccompProfile()
            && isBadProfile(spec.getSecurityContext().getSeccompProfile().getType(), values);
    List<String> containers = new ArrayList<>();
    for (Container container : PodContainers.all(spec)) {
      var context = container.getSecurityContext();
      if (context.hasSeccompProfile()
          && isBadProfile(context.getSeccompProfile().getType(), values)) {
        containers.add(container.getName());
      }
    }
    return values.isEmpty()
        ? null
        : new Violation(
            "seccompProfile",
            Words.setters(pod, containers)
                + " must not set securityContext.seccompProfile.type to "
                + Words.quoted(values));
  }

  static @Nullable Violation sysctls(ObjectMeta metadata, PodSpec spec, int minor) {
    List<String> bad =
        spec.getSecurityContext().getSysctlsList().stream()
            .map(Sysctl::getName)
            .filter(name -> !isSafe(name, minor))
            .toList();
    return bad.isEmpty() ? null : new Violation("forbidden sysctls", String.join(", ", bad));
  }

  /// Those that the kernel keeps per namespace, as far as they were known in a release.
  private static boolean isSafe(String sysctl, int minor) {
    return switch (sysctl) {
      case "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ping_group_range",
          "net.ipv4.tcp_syncookies" ->
          true;
      case "net.ipv4.ip_local_reserved_ports" -> minor >= 27;
      case "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_keepalive_time" ->
          minor >= 29;
      case "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem" -> minor >= 32;
      default -> false;
    };
  }

  static @Nullable Violation windowsHostProcess(ObjectMeta metadata, PodSpec spec, int minor) {
    Function<Container, Boolean> onHost =
        c -> c.getSecurityContext().getWindowsOptions().getHostProcess();
    boolean pod = spec.getSecurityContext().getWindowsOptions().getHostProcess();
    List<String> containers =
        PodContainers.all(spec).stream().filter(onHost::apply).map(Container::getName).toList();
    return !pod && containers.isEmpty()
        ? null
        : new Violation(
            "hostProcess",
            Words.setters(pod, containers)
                + " must not set securityContext.windowsOptions.hostProcess=true");
  }
}
