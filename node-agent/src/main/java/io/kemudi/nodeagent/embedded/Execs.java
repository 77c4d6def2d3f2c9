package io.kemudi.nodeagent.embedded;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.nodeagent.posix.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// Runs further processes in running containers. They are children of this process and end with it.
final class Execs {
  /// CRI's own bound (CVE-2022-1708): more is read and dropped.
  private static final int SYNC_OUTPUT_BYTES = 16 << 20;

  /// Of a call that names no limit. Semi-arbitrary: long enough for any hook or probe.
  private static final Duration LONGEST_SYNC = Duration.ofHours(2);

  private static final Duration RESIZE_LIMIT = Duration.ofSeconds(5);

  private final ContainerLauncher launcher;
  private final Path state;

  Execs(ContainerLauncher launcher, Path state) {
    this.launcher = launcher;
    this.state = state;
  }

  ExecSyncResponse sync(Container container, List<String> command, Duration limit)
      throws IOException {
    Duration bound = limit.isZero() ? LONGEST_SYNC : limit;
    Path noted = pidFile();
    Command.Result result =
        Command.run(bound, "", SYNC_OUTPUT_BYTES, commandLine(container, command, false, noted));
    Files.deleteIfExists(noted);
    if (result.timedOut()) {
      throw Status.DEADLINE_EXCEEDED
          .withDescription("command " + command + " timed out after " + bound.toSeconds() + " s")
          .asRuntimeException();
    }
    return ExecSyncResponse.newBuilder()
        .setStdout(ByteString.copyFrom(result.stdout()))
        .setStderr(ByteString.copyFrom(result.stderr()))
        .setExitCode(result.exitCode())
        .build();
  }

  private Path pidFile() {
    return state.resolve("exec-" + UUID.randomUUID() + ".pid");
  }

  private List<String> commandLine(
      Container container, List<String> command, boolean tty, Path pidFile) throws IOException {
    if (command.isEmpty()) {
      throw Status.INVALID_ARGUMENT.withDescription("no command").asRuntimeException();
    }
    ContainerProcess process = ContainerProcess.read(container.processFile()).with(command, tty);
    return launcher.execCommand(container, process, pidFile);
  }

  /// One session: a process, and where the names of its terminal are noted if it has one.
  ///
  /// @param terminalFile holds the terminal that script(1) made
  /// @param pidFile holds the process that has a terminal of the launcher's behind that one
  record Session(Process process, Path terminalFile, Path pidFile) implements AutoCloseable {
    /// Tells the program of a new window size. Does nothing without a terminal.
    void resize(int columns, int rows) throws IOException {
      String pid = Execs.read(pidFile);
      Execs.resize(
          pid.isEmpty() ? Execs.read(terminalFile) : "/proc/" + pid + "/fd/0", columns, rows);
    }

    /// Ends the process if it still runs.
    @Override
    public void close() {
      Command.killTree(process.toHandle());
      try {
        Files.deleteIfExists(terminalFile);
        Files.deleteIfExists(pidFile);
      } catch (IOException e) {
        // small files in a folder that a reboot empties
      }
    }
  }

  Session open(Container container, List<String> command, boolean tty) throws IOException {
    Path pid = pidFile();
    Path terminal = pid.resolveSibling(pid.getFileName() + ".tty");
    List<String> line = commandLine(container, command, tty, pid);
    if (!tty) {
      return new Session(new ProcessBuilder(line).start(), terminal, pid);
    }
    // script(1) makes a terminal; its name is noted so that it can be resized from outside.
    String inside = "tty > " + Shell.quote(terminal) + "; exec " + Shell.quoteAll(line);
    List<String> script = List.of("script", "-qfec", inside, "/dev/null");
    return new Session(new ProcessBuilder(script).redirectErrorStream(true).start(), terminal, pid);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /// @param terminal such as `/dev/pts/3` or `/proc/17/fd/0`; anything else is ignored
  static void resize(String terminal, int columns, int rows) throws IOException {
    if (terminal.matches("/dev/pts/\\d+|/proc/\\d+/fd/0")) {
      Command.run(
          RESIZE_LIMIT,
          "",
          1024,
          List.of(
              "stty",
              "-F",
              terminal,
              "cols",
              String.valueOf(columns),
              "rows",
              String.valueOf(rows)));
    }
  }
}
