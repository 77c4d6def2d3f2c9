package io.kemudi.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs programs for tests, each with a time limit.
final class Shell {
  private Shell() {}

  /// How a program ended, and what it wrote.
  record Result(int exitCode, String out, String err) {
    /// Everything it wrote, for assertions' descriptions.
    String all() {
      return "exit " + exitCode + "\n" + out + err;
    }
  }

  static Result run(Duration limit, Map<String, String> environment, List<String> command) {
    return run(limit, environment, command, "");
  }

  static Result run(
      Duration limit, Map<String, String> environment, List<String> command, String input) {
    try {
      Path out = Files.createTempFile("kemudi-out", "");
      Path err = Files.createTempFile("kemudi-err", "");
      Path in = Files.createTempFile("kemudi-in", "");
      try {
        Files.writeString(in, input);
        var builder =
            new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              String.join(" ", command)
                  + " did not end within "
                  + limit
                  + "\n"
                  + Files.readString(out)
                  + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
        Files.deleteIfExists(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Runs a program that has to succeed; gives its standard output.
  static String ok(Duration limit, String... command) {
    Result result = run(limit, Map.of(), List.of(command));
    if (result.exitCode() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + result.all());
    }
    return result.out();
  }

  static boolean installed(String program) {
    return run(Duration.ofSeconds(5), Map.of(), List.of("sh", "-c", "command -v " + program))
            .exitCode()
        == 0;
  }

  /// Whether a process has ended and only waits for its parent to notice.
  static boolean zombie(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
    } catch (IOException gone) {
      return true;
    }
  }

  /// A program that goes on while the test does; what it writes is collected.
  static final class Running implements AutoCloseable {
    private final Process process;
    private final StringBuffer output = new StringBuffer();

    Running(Map<String, String> environment, List<String> command) {
      try {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(() -> collect(process.getInputStream()));
    }

    private void collect(InputStream in) {
      byte[] buffer = new byte[4096];
      try {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      } catch (IOException ended) {
        // the program is gone
      }
    }

    String output() {
      return output.toString();
    }

    Process process() {
      return process;
    }

    @Override
    public void close() {
      new ArrayList<>(process.descendants().toList()).forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
