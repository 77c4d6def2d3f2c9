package io.kemudi.simulation.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that were sent to a real Kubernetes 1.36.2, sent here again. Not all replies agree yet:
/// the numbers in apiserver/COMPATIBILITY.md are floors that only rise. `target/replay` tells every
/// difference.
///
/// `-Dreplay.files=errors` and `-Dreplay.scenario=pod/.*` (regular expressions) choose some; with
/// the latter the floors are not asked for. `-Dreplay.page=write` writes what is reached to the
/// page.
@Timeout(120)
class RecordedBehaviourTest {
  private static final Path PAGE = Path.of("..", "apiserver", "COMPATIBILITY.md");
  private static final Pattern FILES = Pattern.compile(System.getProperty("replay.files", ".*"));
  private static final Pattern SCENARIOS =
      Pattern.compile(System.getProperty("replay.scenario", ".*"));
  private static final boolean WHOLE_FILES = SCENARIOS.pattern().equals(".*");

  private static final List<FileScore> reached = new ArrayList<>();

  static Stream<String> files() throws Exception {
    return Page.files(Files.readString(PAGE)).stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAsRecorded(String file) throws Exception {
    assumeThat(FILES.matcher(file).matches()).isTrue();
    FileScore score;
    try (Target server = OwnServer.start();
        Webhooks webhooks = Webhooks.start()) {
      var runner = new Runner(server, webhooks, SCENARIOS.asMatchPredicate(), _ -> {});
      score = runner.run(List.of(recording(file))).getFirst();
    }
    Path folder = Files.createDirectories(Path.of("target", "replay"));
    Files.writeString(folder.resolve(file + ".txt"), Report.differences(score));
    reached.add(score);
    if (WHOLE_FILES) {
      Page.Floors floors = Page.floors(Files.readString(PAGE), file).orElseThrow();
      for (Measure measure : Measure.values()) {
        assertThat(score.percent(measure))
            .as("%s of %s, percent; see target/replay/%s.txt", measure, file, file)
            .isGreaterThanOrEqualTo(floors.of(measure));
      }
    }
  }

  @AfterAll
  static void tell() throws Exception {
    System.out.print(Report.table(reached));
    if (WHOLE_FILES && System.getProperty("replay.page", "").equals("write")) {
      String page = Files.readString(PAGE);
      for (FileScore score : reached) {
        page = Page.with(page, score);
      }
      Files.writeString(PAGE, page);
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
