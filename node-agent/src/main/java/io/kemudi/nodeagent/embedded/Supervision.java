package io.kemudi.nodeagent.embedded;

import static io.kemudi.nodeagent.embedded.Shell.quote;

import io.kemudi.nodeagent.posix.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Watches over one container through its shim: a shell of less than a megabyte that holds the
/// container's pipes and mounts, waits for it and writes its exit code to a file. The shim, and
/// with it the container, does not notice when this process goes away; the next one finds
/// everything in the bundle:
///
/// - `stdout`, `stderr`, `stdin`: named pipes; `stdin` only where the container wants it
/// - `pid`: of the container's first process; `exit`: its exit code, once it has ended
/// - `shim.sh`, `shim.pid`, `shim.log`, `failed`: the shim and what it could not do
///
/// What a restart of this process loses: an open `stdin` (the container sees its end) and attached
/// clients; if it died suddenly, also the beginning of a line that was read in part.
final class Supervision {
  /// How long outputs may stay open after the end of the container, held by what it left behind.
  private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(2);

  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int MESSAGE_BYTES = 2000;

  /// How a container ended.
  record Exit(int code, Instant at, String reason) {}

  private final Path bundle;
  private final ProcessHandle shim;
  private final ContainerLog log;
  private final OutputPump stdout;
  private final OutputPump stderr;
  private final @Nullable RandomAccessFile stdin;

  private Supervision(
      Path bundle,
      ProcessHandle shim,
      ContainerLog log,
      OutputPump stdout,
      OutputPump stderr,
      @Nullable RandomAccessFile stdin) {
    this.bundle = bundle;
    this.shim = shim;
    this.log = log;
    this.stdout = stdout;
    this.stderr = stderr;
    this.stdin = stdin;
  }

  /// Makes the pipes and the shim of a container that is to be started.
  static void prepare(ContainerSpec spec, boolean stdin, String runCommand) throws IOException {
    Path bundle = spec.bundle();
    List<String> pipes = new ArrayList<>(List.of("mkfifo", "-m", "600"));
    for (String pipe : stdin ? List.of("stdout", "stderr", "stdin") : List.of("stdout", "stderr")) {
      pipes.add(bundle.resolve(pipe).toString());
    }
    Command.check(COMMAND_LIMIT, pipes);
    String run = runCommand;
    if (spec.process().terminal()) {
      Files.writeString(bundle.resolve("terminal.sh"), "exec " + runCommand + "\n"); // its terminal
      run = "script -qfec 'exec /bin/sh terminal.sh' /dev/null";
    }
    Files.writeString(
        bundle.resolve("shim.sh"),
        """
        # Holds one container for the kemudi runtime: its mounts, its pipes, its exit code.
        cd BUNDLE || exit 125
        exec 2>shim.log 3<>stdout 4<>stderr
        echo $$ > shim.pid
        fail() { mv shim.log failed; echo 128 > exit.tmp; mv exit.tmp exit; exit 125; }
        # crun refuses cgroup v2 mounted beside v1; this is our own mount namespace.
        umount /sys/fs/cgroup/unified 2>/dev/null
        mkdir -p rootfs
        ROOT
        RUN <STDIN >&3 2>&4 3>&- 4>&-
        echo $? > exit.tmp
        mv exit.tmp exit
        """
            .replace("BUNDLE", quote(bundle))
            .replace("ROOT", spec.rootLines().strip())
            .replace("RUN", run)
            .replace("STDIN", stdin ? "stdin" : "/dev/null"));
  }

  /// Starts the shim and waits until the container's own program runs.
  ///
  /// @param prefix what the command is run under, such as the node's network namespace
  /// @throws IOException with the launcher's words when it could not be started
  static Supervision start(
      Container container, ContainerLauncher launcher, List<String> prefix, InstantSource clock)
      throws IOException {
    Path bundle = container.bundle();
    List<String> command = new ArrayList<>(prefix);
    // A session of its own: signals to our terminal are not for containers.
    command.addAll(List.of("setsid", "unshare", "--mount", "--propagation", "slave"));
    command.addAll(List.of("/bin/sh", bundle.resolve("shim.sh").toString()));
    ContainerLog log = new ContainerLog(logFile(container), clock);
    OutputPump stdout = new OutputPump(bundle.resolve("stdout"), log.lines("stdout"));
    OutputPump stderr = new OutputPump(bundle.resolve("stderr"), log.lines("stderr"));
    RandomAccessFile stdin =
        container.config().getStdin()
            ? new RandomAccessFile(bundle.resolve("stdin").toFile(), "rw")
            : null;
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Supervision supervision =
        new Supervision(bundle, process.toHandle(), log, stdout, stderr, stdin);
    try {
      long pid = supervision.awaitStart(launcher);
      container.supervised(supervision, pid);
      return supervision;
    } catch (IOException e) {
      Command.killTree(process.toHandle());
      throw e;
    } finally {
      stdout.release();
      stderr.release();
    }
  }

  /// Takes over a container that an earlier process started. Empty when its shim is gone.
  static Optional<Supervision> adopt(Container container, InstantSource clock) throws IOException {
    Path bundle = container.bundle();
    long shimPid = number(bundle.resolve("shim.pid"));
    Optional<ProcessHandle> shim = shimPid > 1 ? ProcessHandle.of(shimPid) : Optional.empty();
    if (shim.isEmpty() || !isShimOf(shimPid, bundle) || Files.exists(bundle.resolve("exit"))) {
      return Optional.empty();
    }
    ContainerLog log = new ContainerLog(logFile(container), clock);
    OutputPump stdout = new OutputPump(bundle.resolve("stdout"), log.lines("stdout"));
    OutputPump stderr = new OutputPump(bundle.resolve("stderr"), log.lines("stderr"));
    stdout.release();
    stderr.release();
    Supervision supervision = new Supervision(bundle, shim.get(), log, stdout, stderr, null);
    container.supervised(supervision, number(bundle.resolve("pid")));
    return Optional.of(supervision);
  }

  /// A pid alone may belong to another process by now.
  private static boolean isShimOf(long pid, Path bundle) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"))
          .contains(bundle.resolve("shim.sh").toString());
    } catch (IOException e) {
      return false;
    }
  }

  private static Path logFile(Container container) {
    String folder = container.sandbox().config().getLogDirectory();
    String file = container.config().getLogPath();
    return folder.isEmpty() || file.isEmpty() ? Path.of("") : Path.of(folder).resolve(file);
  }

  private long awaitStart(ContainerLauncher launcher) throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() - deadline < 0) {
      long pid = number(bundle.resolve("pid"));
      if (pid > 0 && launcher.hasStarted(bundle, pid)) {
        return pid;
      }
      if (Files.exists(bundle.resolve("exit")) || !shim.isAlive()) {
        String problem = problem();
        if (problem.isEmpty() && Files.exists(bundle.resolve("exit"))) {
          return pid; // started, and ended before we looked
        }
        throw new IOException(problem.isEmpty() ? "its shim ended without a word" : problem);
      }
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the container started", e);
      }
    }
    throw new IOException("it did not start within " + START_LIMIT.toSeconds() + " s");
  }

  /// What the shim or the launcher said about a failed start; "" when nothing failed.
  private String problem() throws IOException {
    for (String file : List.of("failed", "oci.log", "inner.log")) {
      Path path = bundle.resolve(file);
      if (Files.exists(path) && Files.size(path) > 0) {
        String text = Files.readString(path).strip();
        return text.length() <= MESSAGE_BYTES ? text : text.substring(0, MESSAGE_BYTES);
      }
    }
    return "";
  }

  /// Blocks until the container has ended and its output is in the log.
  Exit awaitExit(InstantSource clock) throws InterruptedException {
    try {
      shim.onExit().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    stdout.awaitEnd(OUTPUT_LIMIT);
    stderr.awaitEnd(OUTPUT_LIMIT);
    close();
    return exit(bundle, clock);
  }

  /// What the exit file says. A container whose shim was killed has none: its end is not known.
  static Exit exit(Path bundle, InstantSource clock) {
    Path file = bundle.resolve("exit");
    try {
      int code = Integer.parseInt(Files.readString(file).strip());
      return new Exit(
          code, Files.getLastModifiedTime(file).toInstant(), code == 0 ? "Completed" : "Error");
    } catch (IOException | NumberFormatException e) {
      return new Exit(137, clock.instant(), "ContainerStatusUnknown");
    }
  }

  private void close() {
    try {
      log.close();
      closeStdin();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Lets go of the container without a word to it: the next process takes over.
  void leave() throws IOException, InterruptedException {
    stdout.leave();
    stderr.leave();
    close();
  }

  void reopenLog() throws IOException {
    log.reopen();
  }

  /// Where to write for the container to read; empty where it has no input.
  Optional<OutputStream> stdin() {
    return stdin == null
        ? Optional.empty()
        : Optional.of(Channels.newOutputStream(stdin.getChannel()));
  }

  /// The container reads an end of file.
  void closeStdin() throws IOException {
    if (stdin != null) {
      stdin.close();
    }
  }

  void attach(@Nullable Consumer<byte[]> out, @Nullable Consumer<byte[]> err) {
    if (out != null) {
      stdout.attach(out);
    }
    if (err != null) {
      stderr.attach(err);
    }
  }

  void detach(@Nullable Consumer<byte[]> out, @Nullable Consumer<byte[]> err) {
    if (out != null) {
      stdout.detach(out);
    }
    if (err != null) {
      stderr.detach(err);
    }
  }

  private static long number(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
