package io.kemudi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.store.CrashHistory;
import io.kemudi.time.ManualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SqliteCrashIT {
  private static final int ROUNDS = 4;

  @TempDir Path dir;

  @Test
  void aKilledProcessLosesNothingAcknowledgedAndLeavesNothingHalf() throws Exception {
    Path file = dir.resolve("store.db");
    var random = new Random(1);
    var acknowledged = new HashMap<Integer, Integer>();
    for (int round = 0; round < ROUNDS; round++) {
      int before = sum(acknowledged);
      writeAndKill(file, 100 + random.nextInt(900), acknowledged);
      assertThat(sum(acknowledged)).as("something was written").isGreaterThan(before);
      try (var store = SqliteStore.open(file, new ManualTime())) {
        CrashHistory.verify(store, acknowledged);
      }
    }
  }

  private static int sum(Map<Integer, Integer> acknowledged) {
    return acknowledged.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// Lets a process write until it has acknowledged `count` transactions, then kills it.
  private void writeAndKill(Path file, int count, Map<Integer, Integer> acknowledged)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                file.toString())
            .redirectError(dir.resolve("errors").toFile())
            .start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      for (int i = 0; line != null; i++) {
        note(line, acknowledged);
        if (i == count) {
          // Not by the process itself, which would close the pipe that still holds answers.
          assertThat(process.toHandle().destroyForcibly()).isTrue();
        }
        // What it printed before it died counts too.
        line = lines.readLine();
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /// The last line may be cut.
  private static void note(String line, Map<Integer, Integer> acknowledged) {
    if (line.endsWith(";")) {
      String[] words = line.substring(0, line.length() - 1).split(" ", -1);
      acknowledged.merge(Integer.valueOf(words[0]), Integer.valueOf(words[1]), Math::max);
    }
  }
}
