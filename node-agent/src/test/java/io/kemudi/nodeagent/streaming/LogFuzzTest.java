package io.kemudi.nodeagent.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.fuzz.Fuzz;
import io.kemudi.nodeagent.runtime.LogFile;
import io.kemudi.time.SystemTimers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Log files that a container runtime, or a container that found its log, has written.
@Timeout(60)
class LogFuzzTest {
  private static final int LIMIT = 20;
  private static final List<String> QUERIES =
      List.of(
          "",
          "timestamps=true&tailLines=2",
          "sinceTime=2026-01-01T00:00:02Z&stream=Stderr",
          "limitBytes=" + LIMIT);
  private static final List<byte[]> LOGS =
      List.of(
          """
          2026-01-01T00:00:01.000000001Z stdout F one
          2026-01-01T00:00:02.000000002+01:00 stderr F two
          2026-01-01T00:00:03.000000003Z stdout P thr
          2026-01-01T00:00:03.000000004Z stdout F ee
          """
              .getBytes(StandardCharsets.UTF_8),
          "2026-01-01T00:00:01Z stderr P:x unfinished".getBytes(StandardCharsets.UTF_8));

  @TempDir Path dir;

  @Test
  void files() throws Exception {
    Path file = dir.resolve("0.log");
    var timers = new SystemTimers();
    new Fuzz(LogFuzzTest.class, "log")
        .run(
            LOGS,
            2000,
            input -> {
              Files.write(file, input);
              for (String query : QUERIES) {
                var out = new ByteArrayOutputStream();
                LogOptions options = LogOptions.of(new Query(query), Instant.EPOCH);
                new LogReader(file, options, out, () -> false, timers).copy();
                assertThat(out.size()).isLessThanOrEqualTo(room(query, input.length));
              }
              assertThat(LogFile.tail(file, 3, LIMIT)).hasSizeLessThanOrEqualTo(LIMIT);
            });
  }

  /// A log is longer than what is read of it: each line loses its head.
  private static int room(String query, int length) {
    return query.startsWith("limitBytes") ? LIMIT : length;
  }
}
