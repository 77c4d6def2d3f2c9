package io.kemudi.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablePrintersTest {
  /// Columns whose cells are times and so differ with the day.
  private static final Set<String> TIMES =
      Set.of("Age", "Last Seen", "First Seen", "Last Schedule", "Restarts");

  @Test
  void showsTheCellsThatUpstreamShows() throws IOException {
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (Map<String, @Nullable Object> recorded : recorded()) {
      String resource = String.valueOf(recorded.get("resource"));
      compared++;
      TablePrinter printer = TablePrinters.of(String.valueOf(recorded.get("group")), resource);
      List<?> columns = (List<?>) Objects.requireNonNull(recorded.get("columns"));
      List<@Nullable Object> cells =
          printer.cells(
              new Cells((Map<?, ?>) Objects.requireNonNull(recorded.get("object")), Instant.EPOCH));
      List<?> expected = (List<?>) Objects.requireNonNull(recorded.get("cells"));
      List<String> ours =
          printer.columns().stream()
              .map(c -> List.of(c.name(), c.type(), c.priority()).toString())
              .toList();
      if (!ours.equals(columns.stream().map(Object::toString).toList())) {
        differences.add(resource + " columns " + columns + " were " + ours);
        continue;
      }
      for (int i = 0; i < expected.size(); i++) {
        String column = printer.columns().get(i).name();
        if (!TIMES.contains(column)
            && !String.valueOf(expected.get(i)).equals(String.valueOf(cells.get(i)))) {
          differences.add(
              resource
                  + " "
                  + cells.getFirst()
                  + " "
                  + column
                  + ": "
                  + expected.get(i)
                  + " was "
                  + cells.get(i));
        }
      }
    }
    assertThat(compared).isGreaterThan(40);
    assertThat(differences).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "119,119s",
    "120,2m",
    "150,2m30s",
    "600,10m",
    "10799,179m",
    "10800,3h",
    "11520,3h12m",
    "172799,47h",
    "172800,2d",
    "180000,2d2h",
    "691200,8d",
    "63072000,2y",
    "65750400,2y31d"
  })
  void tellsAgesInTwoUnitsAtMost(long seconds, String shown) {
    assertThat(Ages.shortly(Duration.ofSeconds(seconds))).isEqualTo(shown);
  }

  private static List<Map<String, @Nullable Object>> recorded() throws IOException {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    try (InputStream packed = TablePrintersTest.class.getResourceAsStream("recorded.jsonl.gz");
        InputStream in = new GZIPInputStream(Objects.requireNonNull(packed))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isEmpty()) {
          all.add(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
    return all;
  }
}
