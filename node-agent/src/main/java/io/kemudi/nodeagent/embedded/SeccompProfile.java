package io.kemudi.nodeagent.embedded;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The default system call filter: what the usual container runtimes let through, and nothing else.
/// A call that the kernel learns tomorrow is refused until somebody has thought about it. A call
/// whose capability the container was given on purpose is let through too.
///
/// The set of calls is the one of Docker's and containerd's default profile.
final class SeccompProfile {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final long AF_VSOCK = 40;

  /// The bits of clone's flags that make new namespaces (CLONE_NEWNS to CLONE_NEWNET).
  private static final long NEW_NAMESPACES = 0x7E020000L;

  /// The personalities that programs ask for: Linux, 32 bit, without randomised addresses, and
  /// "which one is it".
  private static final List<Long> PERSONALITIES =
      List.of(0x0L, 0x0008L, 0x20000L, 0x20008L, 0xffffffffL);

  private static final List<String> ALLOWED =
      words(
          """
          accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown
          chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
          clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect
          copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
          epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit
          exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir
          fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr
          flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64
          fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait futex_waitv
          futex_wake futimesat getcpu getcwd getdents getdents64 getegid getegid32 geteuid
          geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp
          getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32
          getrlimit get_robust_list getrusage getsid getsockname getsockopt get_thread_area gettid
          gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch inotify_init
          inotify_init1 inotify_rm_watch io_cancel ioctl io_destroy io_getevents io_pgetevents
          io_pgetevents_time64 ioprio_get ioprio_set io_setup io_submit ipc kill
          landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32
          lgetxattr link linkat listen listmount listxattr listxattrat llistxattr _llseek
          lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack membarrier
          memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall
          mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive
          mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl
          msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep
          newfstatat _newselect open openat openat2 pause pidfd_open
          pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64
          prctl pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv
          process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read
          readahead readlink readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg
          remap_file_pages removexattr removexattrat rename renameat renameat2
          restart_syscall riscv_hwprobe rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
          rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
          rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam
          sched_get_priority_max sched_get_priority_min sched_getscheduler sched_rr_get_interval
          sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
          sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop
          semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid
          setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid
          setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid
          setreuid32 setrlimit set_robust_list setsid setsockopt set_thread_area set_tid_address
          setuid setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack
          signalfd signalfd4 sigpending sigprocmask sigreturn socketcall socketpair splice stat
          stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs
          sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
          timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
          timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64
          ugetrlimit umask uname unlink unlinkat uretprobe utime utimensat utimensat_time64 utimes
          vfork vmsplice wait4 waitid waitpid write writev
          arch_prctl modify_ldt arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint
          cacheflush set_tls s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr
          """);

  /// What a capability adds.
  private static final Map<String, List<String>> WITH_CAPABILITY =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("CAP_BPF", words("bpf")),
              Map.entry("CAP_DAC_READ_SEARCH", words("open_by_handle_at")),
              Map.entry("CAP_PERFMON", words("perf_event_open")),
              Map.entry(
                  "CAP_SYS_ADMIN",
                  words(
                      """
                      bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie
                      lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr
                      move_mount open_tree open_tree_attr perf_event_open quotactl quotactl_fd
                      setdomainname sethostname setns syslog umount umount2 unshare
                      """)),
              Map.entry("CAP_SYS_BOOT", words("reboot")),
              Map.entry("CAP_SYS_CHROOT", words("chroot")),
              Map.entry("CAP_SYS_MODULE", words("delete_module init_module finit_module")),
              Map.entry(
                  "CAP_SYS_NICE",
                  words("get_mempolicy mbind set_mempolicy set_mempolicy_home_node")),
              Map.entry("CAP_SYS_PACCT", words("acct")),
              Map.entry("CAP_SYS_PTRACE", words("kcmp pidfd_getfd process_madvise")),
              Map.entry("CAP_SYS_RAWIO", words("iopl ioperm")),
              Map.entry("CAP_SYS_TIME", words("settimeofday stime clock_settime clock_settime64")),
              Map.entry("CAP_SYS_TTY_CONFIG", words("vhangup")),
              Map.entry("CAP_SYSLOG", words("syslog"))));

  private static final Map<String, List<String>> ARCHITECTURES =
      Map.of(
          "amd64", List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
          "aarch64", List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"));

  private SeccompProfile() {}

  private static List<String> words(String text) {
    return Arrays.asList(text.strip().split("\\s+"));
  }

  static JsonObject of(Set<String> capabilities) {
    JsonArray rules = new JsonArray();
    rules.add(allow(ALLOWED));
    WITH_CAPABILITY.forEach((capability, calls) -> {
      if (capabilities.contains(capability)) {
        rules.add(allow(calls));
      }
    });
    if (!capabilities.contains("CAP_SYS_ADMIN")) {
      // New user namespaces open the rest of the kernel. clone3 hides its flags behind a pointer,
      // so it does not exist here, and libraries fall back to clone.
      rules.add(when(List.of("clone"), "SCMP_CMP_MASKED_EQ", NEW_NAMESPACES, 0));
      JsonObject missing = rule(List.of("clone3"), "SCMP_ACT_ERRNO");
      missing.addProperty("errnoRet", ENOSYS);
      rules.add(missing);
    }
    for (long personality : PERSONALITIES) {
      rules.add(when(List.of("personality"), "SCMP_CMP_EQ", personality, 0));
    }
    rules.add(when(List.of("socket"), "SCMP_CMP_NE", AF_VSOCK, 0)); // it leads to the hypervisor
    JsonObject profile = new JsonObject();
    profile.addProperty("defaultAction", "SCMP_ACT_ERRNO");
    profile.addProperty("defaultErrnoRet", EPERM);
    List<String> architectures = ARCHITECTURES.get(System.getProperty("os.arch"));
    if (architectures != null) {
      profile.add("architectures", ContainerProcess.strings(architectures));
    }
    profile.add("syscalls", rules);
    return profile;
  }

  private static JsonObject allow(List<String> calls) {
    return rule(calls, "SCMP_ACT_ALLOW");
  }

  /// Lets the calls through when their first argument compares so.
  private static JsonObject when(List<String> calls, String comparison, long value, long second) {
    JsonObject rule = allow(calls);
    JsonObject argument = new JsonObject();
    argument.addProperty("index", 0);
    argument.addProperty("value", value);
    argument.addProperty("valueTwo", second);
    argument.addProperty("op", comparison);
    JsonArray arguments = new JsonArray();
    arguments.add(argument);
    rule.add("args", arguments);
    return rule;
  }

  private static JsonObject rule(List<String> calls, String action) {
    JsonObject rule = new JsonObject();
    rule.add("names", ContainerProcess.strings(calls));
    rule.addProperty("action", action);
    return rule;
  }
}
