package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which capabilities a container gets. Names are the kernel's, such as `CAP_CHOWN`.
final class Capabilities {
  /// By number, as in linux/capability.h.
  private static final List<String> ALL =
      List.of(
          ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP"
                  + " LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK"
                  + " IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN"
                  + " SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE"
                  + " AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND"
                  + " AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE")
              .split(" "));

  /// What every runtime gives an ordinary container.
  private static final Set<String> USUAL =
      Set.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "NET_BIND_SERVICE",
          "NET_RAW",
          "SYS_CHROOT",
          "MKNOD",
          "AUDIT_WRITE",
          "SETFCAP");

  private Capabilities() {}

  /// What a container may have: the usual ones, plus and minus what its security context says.
  /// "ALL" in either list comes first, single names afterwards, so that `drop: [ALL], add: [X]` is
  /// X. What this process does not have itself cannot be given and is left out for `ALL` and
  /// privileged containers, refused when asked for by name.
  static Set<String> of(LinuxContainerSecurityContext security) throws IOException {
    Set<String> own = own();
    Set<String> chosen = new LinkedHashSet<>();
    if (security.getPrivileged()) {
      ALL.stream().filter(own::contains).forEach(chosen::add);
      return prefixed(chosen);
    }
    Set<String> add = names(security.getCapabilities().getAddCapabilitiesList());
    Set<String> drop = names(security.getCapabilities().getDropCapabilitiesList());
    if (add.remove("ALL")) {
      chosen.addAll(own);
    } else if (!drop.contains("ALL")) {
      USUAL.stream().filter(own::contains).forEach(chosen::add);
    }
    for (String name : add) {
      if (!ALL.contains(name)) {
        throw new IOException("capability \"" + name + "\" is not known");
      }
      if (!own.contains(name)) {
        throw new IOException("capability \"" + name + "\" cannot be given: the runtime lacks it");
      }
      chosen.add(name);
    }
    chosen.removeAll(drop);
    return prefixed(chosen);
  }

  static Set<String> ambient(LinuxContainerSecurityContext security) {
    return prefixed(names(security.getCapabilities().getAddAmbientCapabilitiesList()));
  }

  /// Whether this process may lower an oom_score_adj.
  static boolean mayRaiseLimits() throws IOException {
    return own().contains("SYS_RESOURCE");
  }

  private static Set<String> own() throws IOException {
    Set<String> own = new LinkedHashSet<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        long bits = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        for (int i = 0; i < ALL.size(); i++) {
          if ((bits >>> i & 1) == 1) {
            own.add(ALL.get(i));
          }
        }
      }
    }
    return own;
  }

  private static Set<String> names(Collection<String> given) {
    List<String> names = new ArrayList<>();
    for (String name : given) {
      String upper = name.toUpperCase(Locale.ROOT);
      names.add(upper.startsWith("CAP_") ? upper.substring(4) : upper);
    }
    return new LinkedHashSet<>(names);
  }

  private static Set<String> prefixed(Collection<String> names) {
    Set<String> prefixed = new LinkedHashSet<>();
    names.forEach(n -> prefixed.add("CAP_" + n));
    return prefixed;
  }
}
