package io.kemudi.nodeagent.embedded;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The default system call filter: everything is let through except calls that an ordinary
/// container has no use for and the kernel's attackers have. A call whose capability the container
/// was given on purpose is let through too.
final class SeccompProfile {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final long CLONE_NEWUSER = 0x10000000L;

  /// The capability that stands for a group of calls -> the calls; "" stands for none.
  private static final Map<String, List<String>> REFUSED =
      new TreeMap<>(
          Map.of(
              "CAP_SYS_ADMIN",
              List.of(
                  ("bpf mount umount2 umount pivot_root move_mount open_tree fsopen fsconfig fsmount"
                          + " fspick mount_setattr setns unshare swapon swapoff quotactl quotactl_fd"
                          + " fanotify_init lookup_dcookie perf_event_open sethostname setdomainname")
                      .split(" ")),
              "CAP_SYS_MODULE",
              List.of("init_module", "finit_module", "delete_module", "create_module"),
              "CAP_SYS_BOOT",
              List.of("reboot", "kexec_load", "kexec_file_load"),
              "CAP_SYS_TIME",
              List.of("settimeofday", "stime", "clock_settime", "clock_settime64", "adjtimex"),
              "CAP_SYS_RAWIO",
              List.of("iopl", "ioperm"),
              "CAP_SYS_PACCT",
              List.of("acct"),
              "CAP_SYSLOG",
              List.of("syslog"),
              "CAP_SYS_NICE",
              List.of("mbind", "set_mempolicy", "get_mempolicy", "move_pages", "migrate_pages"),
              "CAP_DAC_READ_SEARCH",
              List.of("open_by_handle_at"),
              "",
              List.of(
                  ("add_key request_key keyctl userfaultfd nfsservctl vm86 vm86old"
                          + " uselib ustat sysfs _sysctl get_kernel_syms query_module"
                          + " io_uring_setup io_uring_enter io_uring_register")
                      .split(" "))));

  private SeccompProfile() {}

  static JsonObject of(Set<String> capabilities) {
    Set<String> refused = new LinkedHashSet<>();
    REFUSED.forEach((capability, calls) -> {
      if (!capabilities.contains(capability)) {
        refused.addAll(calls);
      }
    });
    JsonArray rules = new JsonArray();
    rules.add(rule(refused, EPERM));
    if (!capabilities.contains("CAP_SYS_ADMIN")) {
      // New user namespaces open the rest of the kernel. clone3 hides its flags behind a pointer,
      // so it does not exist here, and libraries fall back to clone.
      rules.add(rule(Set.of("clone3"), ENOSYS));
      JsonObject clone = rule(Set.of("clone"), EPERM);
      JsonObject newUser = new JsonObject();
      newUser.addProperty("index", 0);
      newUser.addProperty("value", CLONE_NEWUSER);
      newUser.addProperty("valueTwo", CLONE_NEWUSER);
      newUser.addProperty("op", "SCMP_CMP_MASKED_EQ");
      JsonArray args = new JsonArray();
      args.add(newUser);
      clone.add("args", args);
      rules.add(clone);
    }
    JsonObject profile = new JsonObject();
    profile.addProperty("defaultAction", "SCMP_ACT_ALLOW");
    profile.add("syscalls", rules);
    return profile;
  }

  private static JsonObject rule(Set<String> calls, int errno) {
    JsonObject rule = new JsonObject();
    rule.add("names", ContainerProcess.strings(calls));
    rule.addProperty("action", "SCMP_ACT_ERRNO");
    rule.addProperty("errnoRet", errno);
    return rule;
  }
}
