package io.kemudi.launcher;

import io.kemudi.launcher.ClusterFile.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Another role of this same program in a process of its own, which outlives this one: it has its
/// own session, its log file, and no standard input.
final class ChildProcess {
  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:TieredStopAtLevel=1",
          "-Xms8m",
          "-XX:MaxNewSize=12m",
          "-XX:MinHeapFreeRatio=15",
          "-XX:MaxHeapFreeRatio=40",
          "-Xmx192m",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Djdk.virtualThreadScheduler.parallelism=8");

  private ChildProcess() {}

  /// Starts `kemudi ROLE ARGS...`, which writes to `log`.
  static Process start(Path log, List<String> roleAndArguments) {
    var command = new ArrayList<String>();
    command.add("setsid");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_FLAGS);
    String cache = System.getProperty("kemudi.aot", "");
    if (!cache.isEmpty() && Files.exists(Path.of(cache))) {
      command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:disable"));
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(roleAndArguments);
    return run(log, roleAndArguments.getFirst(), command);
  }

  /// Starts another program in the same way.
  static Process launch(Path log, List<String> programAndArguments) {
    var command = new ArrayList<>(List.of("setsid"));
    command.addAll(programAndArguments);
    return run(log, programAndArguments.getFirst(), command);
  }

  private static Process run(Path log, String name, List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UserError("could not start " + name + ": " + Main.describe(e));
    }
  }

  /// The last lines of a log, for a sentence on why a child did not come up.
  static String lastLine(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it said nothing" : lines.getLast();
    } catch (IOException e) {
      return "its log " + log + " cannot be read";
    }
  }

  /// Asks the process to end, and insists after `patience`.
  static void end(ProcessId id, Duration patience) {
    id.alive()
        .ifPresent(process -> {
          process.destroy();
          if (!gone(process, patience)) {
            process.destroyForcibly();
            gone(process, Duration.ofSeconds(5));
          }
        });
  }

  private static boolean gone(ProcessHandle process, Duration limit) {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return !ProcessId.of(process).alive().isPresent();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      return true;
    }
  }
}
