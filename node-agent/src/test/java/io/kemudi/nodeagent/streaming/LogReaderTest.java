package io.kemudi.nodeagent.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.time.SystemTimers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogReaderTest {
  @TempDir Path dir;
  private final SystemTimers timers = new SystemTimers();
  private Path file;

  @BeforeEach
  void setUp() throws Exception {
    file = dir.resolve("0.log");
    Files.writeString(
        file,
        """
        2026-01-01T00:00:01.000000001Z stdout F one
        2026-01-01T00:00:02.000000002Z stderr F two
        2026-01-01T00:00:03.000000003Z stdout P thr
        2026-01-01T00:00:03.000000004Z stdout F ee
        """);
  }

  private String read(String query) throws Exception {
    var out = new ByteArrayOutputStream();
    LogOptions options = LogOptions.of(new Query(query), Instant.parse("2026-01-01T00:00:05Z"));
    new LogReader(file, options, out, () -> false, timers).copy();
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'';one|two|three|",
        "tailLines=3;two|three|",
        "tailLines=0;''",
        "tailLines=99;one|two|three|",
        "sinceSeconds=3;two|three|",
        "sinceTime=2026-01-01T00:00:03Z;three|",
        "limitBytes=5;one|t",
        "stream=Stderr;two|",
        "timestamps=true&tailLines=3;2026-01-01T00:00:02.000000002Z two|2026-01-01T00:00:03.000000003Z three|",
      })
  void givesThePartThatIsWanted(String query, String expected) throws Exception {
    assertThat(read(query)).isEqualTo(expected.replace('|', '\n'));
  }

  @Test
  void followsThroughARotationUntilTheContainerEnds() throws Exception {
    var out = new ByteArrayOutputStream();
    var alive = new AtomicBoolean(true);
    LogOptions options = LogOptions.of(new Query("follow=1&tailLines=0"), Instant.EPOCH);
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                new LogReader(file, options, out, alive::get, timers).copy();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Thread.sleep(50); // the reader may be anywhere: each outcome must be the same
    Files.move(file, dir.resolve("0.log.old"));
    Files.writeString(file, "2026-01-01T00:00:09Z stdout F after\n");
    while (!out.toString(StandardCharsets.UTF_8).contains("after")) {
      Thread.sleep(10);
    }
    alive.set(false);
    reader.join();

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("after\n");
  }
}
