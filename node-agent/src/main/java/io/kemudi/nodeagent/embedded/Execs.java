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
import java.util.Optional;

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
    Command.Result result =
        Command.run(bound, "", SYNC_OUTPUT_BYTES, commandLine(container, command, false));
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

  private List<String> commandLine(Container container, List<String> command, boolean tty)
      throws IOException {
    if (command.isEmpty()) {
      throw Status.INVALID_ARGUMENT.withDescription("no command").asRuntimeException();
    }
    ContainerProcess process = ContainerProcess.read(container.processFile()).with(command, tty);
    return launcher.execCommand(
        container.id(), container.bundle(), container.pid(), process, container.cgroup());
  }

  /// One session: a process, and its terminal on the node's side if it has one.
  record Session(Process process, Optional<Path> terminalFile) implements AutoCloseable {
    /// Tells the program of a new window size. Does nothing without a terminal.
    void resize(int columns, int rows) throws IOException {
      if (terminalFile.isPresent()) {
        Execs.resize(terminalFile.get(), columns, rows);
      }
    }

    /// Ends the process if it still runs.
    @Override
    public void close() {
      Command.killTree(process.toHandle());
      try {
        if (terminalFile.isPresent()) {
          Files.deleteIfExists(terminalFile.get());
        }
      } catch (IOException e) {
        // a small file in a folder that is emptied at the next start
      }
    }
  }

  Session open(Container container, List<String> command, boolean tty) throws IOException {
    List<String> line = commandLine(container, command, tty);
    if (!tty) {
      return new Session(new ProcessBuilder(line).start(), Optional.empty());
    }
    Path file = Files.createTempFile(state, "terminal", "");
    // script(1) makes a terminal; its name is noted so that it can be resized from outside.
    String inside = "tty > " + Shell.quote(file) + "; exec " + Shell.quoteAll(line);
    List<String> script = List.of("script", "-qfec", inside, "/dev/null");
    return new Session(
        new ProcessBuilder(script).redirectErrorStream(true).start(), Optional.of(file));
  }

  /// @param terminalFile holds the name of a terminal such as `/dev/pts/3`
  static void resize(Path terminalFile, int columns, int rows) throws IOException {
    String terminal;
    try {
      terminal = Files.readString(terminalFile).strip();
    } catch (NoSuchFileException e) {
      return;
    }
    if (terminal.matches("/dev/pts/\\d+")) {
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
