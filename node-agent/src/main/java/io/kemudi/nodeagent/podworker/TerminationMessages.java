package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.ContainerStatus;
import io.kemudi.nodeagent.runtime.Labels;
import io.kemudi.nodeagent.runtime.LogFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a container said last: the file it may write to, or the end of its log when it failed
/// without a word and its policy is `FallbackToLogsOnError`.
final class TerminationMessages {
  private static final int MAX_BYTES = 4096;
  private static final int MAX_LOG_BYTES = 2048;
  private static final int MAX_LOG_LINES = 80;

  private TerminationMessages() {}

  static String of(ContainerStatus status) {
    String file = status.getAnnotationsMap().getOrDefault(Labels.MESSAGE_FILE, "");
    String message = file.isEmpty() ? "" : head(Path.of(file));
    String policy = status.getAnnotationsMap().getOrDefault(Labels.MESSAGE_POLICY, "");
    boolean fallBack =
        message.isEmpty()
            && policy.equals("FallbackToLogsOnError")
            && status.getExitCode() != 0
            && !status.getLogPath().isEmpty();
    if (fallBack) {
      return LogFile.tail(Path.of(status.getLogPath()), MAX_LOG_LINES, MAX_LOG_BYTES);
    }
    // The runtime's own words stand in where the container never ran.
    return message.isEmpty() ? status.getMessage() : message;
  }

  private static String head(Path file) {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "Error reading termination message: " + e.getMessage();
    }
  }
}
