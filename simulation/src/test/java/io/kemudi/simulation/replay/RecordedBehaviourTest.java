package io.kemudi.simulation.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that were sent to a real Kubernetes 1.36.2, sent here again. Not all replies agree yet:
/// the numbers are floors that only rise. `target/replay` tells every difference.
///
/// `-Dreplay.files=errors` and `-Dreplay.scenario=pod/.*` (regular expressions) choose some; the
/// floors are then not asked for.
@Timeout(120)
class RecordedBehaviourTest {
  private static final Pattern FILES = Pattern.compile(System.getProperty("replay.files", ".*"));
  private static final Pattern SCENARIOS =
      Pattern.compile(System.getProperty("replay.scenario", ".*"));

  /// @param status percent of the exchanges with the recorded status and reason
  /// @param behaviour percent of those that differ in wording at most
  /// @param whole percent of the exchanges with the whole recorded reply
  @ParameterizedTest
  @CsvSource({
    "errors, 76, 68, 60",
    "patches, 95, 85, 85",
    "lifecycle, 95, 77, 75",
    "lists_watches, 99, 78, 78",
    "access, 94, 77, 77",
    "crds, 33, 11, 10",
    "admission, 40, 30, 30"
  })
  void answersAsRecorded(String file, double status, double behaviour, double whole)
      throws Exception {
    assumeThat(FILES.matcher(file).matches()).isTrue();
    FileScore score;
    try (Target server = OwnServer.start()) {
      score = new Runner(server, SCENARIOS.asMatchPredicate(), _ -> {}).run(recording(file));
    }
    Path folder = Files.createDirectories(Path.of("target", "replay"));
    Files.writeString(folder.resolve(file + ".txt"), Report.differences(score));
    System.out.print(Report.table(List.of(score)));
    if (SCENARIOS.pattern().equals(".*")) {
      assertThat(score.percent(Measure.STATUS))
          .as("status and reason")
          .isGreaterThanOrEqualTo(status);
      assertThat(score.percent(Measure.BEHAVIOUR))
          .as("behaviour")
          .isGreaterThanOrEqualTo(behaviour);
      assertThat(score.percent(Measure.WHOLE)).as("whole reply").isGreaterThanOrEqualTo(whole);
    }
  }

  private static Recording recording(String file) throws Exception {
    InputStream resource =
        Objects.requireNonNull(
            RecordedBehaviourTest.class.getResourceAsStream(file + ".jsonl.gz"), file);
    try (var in = new GZIPInputStream(resource)) {
      return Recording.read(file, in);
    }
  }
}
