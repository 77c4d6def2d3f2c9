package io.kemudi.nodeagent.embedded;

import static io.kemudi.nodeagent.embedded.Shell.quote;
import static io.kemudi.nodeagent.embedded.Shell.quoteAll;

import io.kemudi.nodeagent.embedded.ContainerSpec.MountPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Starts containers with what every Linux has: `unshare`, `nsenter`, `setpriv`, `mount`.
///
/// A shell script, first process of its namespaces, makes the mounts, moves the new root onto `/`,
/// and turns into the container's program by a chain of executions, each giving something up: `env`
/// the environment, `setpriv` groups and capabilities, `nsenter` the old root and the user. What is
/// weaker than under crun is told at [RuntimeServerConfig.LowLevelRuntime#UTIL_LINUX].
final class UtilLinuxLauncher implements ContainerLauncher {
  /// These reach into the programs of the chain, which still run as the node's root: refused.
  private static final Pattern UNSAFE_ENV =
      Pattern.compile("(LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*|GETCONF_DIR)=.*");

  @Override
  public String name() {
    return "util-linux";
  }

  @Override
  public void prepare(ContainerSpec spec) throws IOException {
    if (!(spec.seccomp() instanceof ContainerSpec.Seccomp.Unconfined)
        && !(spec.seccomp() instanceof ContainerSpec.Seccomp.RuntimeDefault)) {
      throw new IOException("a seccomp profile needs crun or runc, and neither is installed");
    }
    Files.writeString(spec.bundle().resolve("inner.sh"), inner(spec));
  }

  @Override
  public String runCommand(ContainerSpec spec) {
    List<String> command = new ArrayList<>(List.of("nsenter"));
    spec.networkNamespace().ifPresent(p -> command.add("--net=" + p));
    spec.ipcNamespace().ifPresent(p -> command.add("--ipc=" + p));
    spec.utsNamespace().ifPresent(p -> command.add("--uts=" + p));
    spec.pidNamespace().ifPresent(p -> command.add("--pid=" + p));
    if (command.size() == 1) {
      command.clear();
    }
    command.addAll(List.of("unshare", "--mount", "--propagation", "slave"));
    if (!spec.hostPid() && spec.pidNamespace().isEmpty()) {
      command.add("--pid");
    }
    // The shell's first child becomes process 1. (unshare --fork, which would wait itself, fails
    // with code 1 when the child was killed.) What the shell has to say of a kill is not output.
    command.addAll(List.of("/bin/sh", "-c"));
    command.add("exec 6>&2 2>/dev/null; /bin/sh inner.sh 2>&6 6>&-; exit $?");
    return quoteAll(command);
  }

  @Override
  public boolean hasStarted(Path bundle, long pid) {
    return Files.exists(bundle.resolve("ready"));
  }

  private static String inner(ContainerSpec spec) throws IOException {
    // What goes wrong before the container's program runs is told to whoever started it.
    StringBuilder script = new StringBuilder("set -e\nexec 5>&2 2>inner.log\n");
    // /proc still is the node's here, so this is the pid as the node sees it.
    script.append("read pid rest < /proc/self/stat\necho $pid > pid\n");
    script.append(spec.cgroup().joinScript());
    script
        .append("echo ")
        .append(spec.process().oomScoreAdj())
        .append(" > /proc/self/oom_score_adj\n");
    script.append("bundle=$PWD\ncd rootfs\nroot=$(pwd -P)\n");
    script.append("mkdir -p ").append(quote("." + spec.process().cwd())).append('\n');
    for (MountPoint mount : spec.mounts()) {
      if (isInsideVolume(mount, spec.mounts())) {
        script.append(staysInside(quote("." + mount.destination())));
      }
      // Which groups a container sees takes a cgroup namespace, and unshare offers none on v1.
      if (!mount.type().equals("cgroup")) {
        script.append(mountLines(mount));
      }
    }
    script.append(devices(spec));
    if (!spec.privileged()) {
      for (String path : spec.maskedPaths()) {
        String p = quote("." + path);
        script.append("if [ -d %1$s ]; then mount -t tmpfs -o ro,size=0k none %1$s; ".formatted(p));
        script.append("elif [ -e %1$s ]; then mount --bind /dev/null %1$s; fi\n".formatted(p));
      }
      for (String path : spec.readonlyPaths()) {
        String p = quote("." + path);
        script.append(
            "if [ -e %1$s ]; then mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s; fi\n"
                .formatted(p));
      }
    }
    if (spec.readonlyRoot()) {
      script.append("mount -o remount,ro .\n");
    }
    // Not pivot_root: the programs of the chain must still be found in the old root, which is
    // covered by the new one and out of reach once nsenter has changed into it.
    script.append("mount --move . /\n: > \"$bundle/ready\"\nexec 2>&5 5>&-\n");
    script.append(spec.process().terminal() ? "exec /usr/bin/setsid --ctty " : "exec ");
    script.append(quoteAll(chain(spec.process(), spec.privileged(), ".")));
    return script.append('\n').toString();
  }

  private static boolean isInsideVolume(MountPoint mount, List<MountPoint> all) {
    Path destination = Path.of(mount.destination());
    return all.stream()
        .filter(m -> m != mount && m.isBind())
        .anyMatch(m -> destination.startsWith(m.destination()));
  }

  /// A volume's content is the pod's: a symbolic link in it must not lead a mount to the node.
  private static String staysInside(String path) {
    return """
    case "$(realpath -m %1$s)" in
      "$root"/*) ;;
      *) echo "mount point "%1$s" leads out of the container" >&2; exit 1 ;;
    esac
    """
        .formatted(path);
  }

  private static String mountLines(MountPoint mount) {
    String at = quote("." + mount.destination());
    List<String> options = new ArrayList<>(mount.options());
    if (!mount.isBind()) {
      options.removeIf(o -> o.startsWith("r") && o.endsWith("private"));
      String line = "mkdir -p %s\nmount -t %s -o %s %s %s\n";
      return line.formatted(
          at,
          mount.type(),
          quote(options.isEmpty() ? "rw" : String.join(",", options)),
          quote(mount.source()),
          at);
    }
    String source = quote(mount.source());
    StringBuilder lines = new StringBuilder();
    lines.append("if [ -d %s ]; then mkdir -p %s; ".formatted(source, at));
    lines.append(
        "elif [ ! -e %1$s ]; then mkdir -p \"$(dirname %1$s)\"; : > %1$s; fi\n".formatted(at));
    lines.append("mount --rbind ").append(source).append(' ').append(at).append('\n');
    if (options.contains("rprivate")) {
      lines.append("mount --make-rprivate ").append(at).append('\n');
    }
    if (options.contains("ro")) {
      lines.append("mount -o remount,bind,ro ").append(at).append('\n');
    }
    return lines.toString();
  }

  /// The few devices that every program expects. A privileged container has the node's `/dev`.
  private static String devices(ContainerSpec spec) {
    if (spec.privileged()) {
      return "";
    }
    return """
    for d in null zero full random urandom tty; do
      : > ./dev/$d; mount --bind /dev/$d ./dev/$d
    done
    ln -sf pts/ptmx ./dev/ptmx
    ln -sf /proc/self/fd ./dev/fd
    ln -sf /proc/self/fd/0 ./dev/stdin
    ln -sf /proc/self/fd/1 ./dev/stdout
    ln -sf /proc/self/fd/2 ./dev/stderr
    """;
  }

  private static List<String> chain(ContainerProcess process, boolean privileged, String root)
      throws IOException {
    List<String> chain = new ArrayList<>(List.of("/usr/bin/env", "-i"));
    for (String variable : process.env()) {
      if (UNSAFE_ENV.matcher(variable).matches()) {
        throw new IOException(
            "environment variable "
                + variable.substring(0, variable.indexOf('='))
                + " is refused without crun or runc: it would reach the node's own programs");
      }
      chain.add(variable);
    }
    chain.add("/usr/bin/setpriv");
    chain.addAll(List.of("--regid", String.valueOf(process.gid())));
    if (process.groups().isEmpty()) {
      chain.add("--clear-groups");
    } else {
      chain.addAll(
          List.of(
              "--groups",
              String.join(",", process.groups().stream().map(String::valueOf).toList())));
    }
    if (!privileged) {
      chain.addAll(List.of("--inh-caps", "-all", "--bounding-set", bounding(process)));
    }
    if (process.noNewPrivileges()) {
      chain.add("--no-new-privs");
    }
    // --wdns and not --wd: it is opened after the change of root, so that a symbolic link of the
    // container's leads nowhere else.
    chain.addAll(List.of("/usr/bin/nsenter", "--root=" + root, "--wdns=" + process.cwd()));
    if (process.uid() != 0) {
      chain.addAll(List.of("--setuid", String.valueOf(process.uid())));
    }
    chain.add("--");
    chain.addAll(process.args());
    return chain;
  }

  private static String bounding(ContainerProcess process) {
    Set<String> kept = new LinkedHashSet<>(process.capabilities());
    // No rules for devices without the OCI runtimes, so nobody makes any.
    kept.remove("CAP_MKNOD");
    kept.addAll(List.of("CAP_SYS_CHROOT", "CAP_SETUID", "CAP_SETGID"));
    StringBuilder set = new StringBuilder("-all");
    for (String capability : kept) {
      set.append(",+").append(capability.substring(4).toLowerCase(Locale.ROOT));
    }
    return set.toString();
  }

  @Override
  public List<String> execCommand(Container container, ContainerProcess process, Path pidFile)
      throws IOException {
    boolean privileged = Files.exists(container.bundle().resolve("privileged"));
    List<String> command = new ArrayList<>();
    // The root is opened while we still may: setpriv gives up what looking into /proc/PID takes.
    String script =
        container.cgroup().joinScript() + "exec 8< /proc/" + container.pid() + "/root; exec \"$@\"";
    command.addAll(List.of("/bin/sh", "-c", script, "sh"));
    command.addAll(List.of("/usr/bin/nsenter", "--target", String.valueOf(container.pid())));
    command.addAll(List.of("--net", "--ipc", "--uts", "--pid"));
    if (process.terminal()) {
      // A session of its own, whose process group exists in the container's pid namespace.
      command.addAll(List.of("/usr/bin/setsid", "--ctty"));
    }
    // Not the mount namespace: its programs are the image's. The root alone leads there.
    command.addAll(chain(process, privileged, "/proc/self/fd/8"));
    return command;
  }

  @Override
  public void forget(String id) {}
}
