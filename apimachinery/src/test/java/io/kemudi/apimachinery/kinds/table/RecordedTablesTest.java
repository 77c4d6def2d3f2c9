package io.kemudi.apimachinery.kinds.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.RecordedObjects.Row;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import io.kemudi.apimachinery.kinds.table.TablePrinter.Column;
import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables that a real server showed for the recorded objects.
class RecordedTablesTest {
  private static final Instant NOW = Instant.parse("2026-11-20T11:55:10Z");

  /// Shown by the table of another version, which the API server converts them to.
  private static final Set<String> CONVERTED =
      Set.of("events.k8s.io/v1 Event", "autoscaling/v1 HorizontalPodAutoscaler");

  /// Objects that were changed (bound, scaled, approved) before the tables were asked for.
  private static final Set<String> CHANGED_SINCE =
      Set.of(
          "/v1/pods/rich3",
          "/v1/pods/rich4",
          "apps/v1/deployments/min",
          "certificates.k8s.io/v1/certificatesigningrequests/min");

  @Test
  void columnsAreThoseRecorded() {
    for (var line : lines()) {
      ResourceInfo info = resource(line);
      if (info == null || !line.containsKey("columns")) {
        continue;
      }
      List<Column> columns = new ArrayList<>();
      for (Object one : (List<?>) line.getOrDefault("columns", List.of())) {
        Map<?, ?> column = (Map<?, ?>) one;
        columns.add(
            new Column(
                String.valueOf(column.get("name")),
                String.valueOf(column.get("type")),
                String.valueOf(column.get("format")),
                Integer.parseInt(String.valueOf(column.get("priority")))));
      }
      assertThat(Tables.of(info.group(), info.kind()).columns())
          .as(info.resource())
          .isEqualTo(columns);
    }
  }

  @Test
  void cellsAreThoseRecorded() throws InvalidProtocolBufferException {
    Map<String, Row> objects = new HashMap<>();
    for (Row row : RecordedObjects.all()) {
      String name = Trees.string(Trees.object(row.get().get("metadata"), "metadata"), "name");
      objects.put(
          row.text("group") + "/" + row.text("version") + "/" + row.text("resource") + "/" + name,
          row);
    }
    List<String> different = new ArrayList<>();
    int compared = 0;
    for (var line : lines()) {
      ResourceInfo info = resource(line);
      Row row =
          info == null
              ? null
              : objects.get(
                  info.group()
                      + "/"
                      + info.version()
                      + "/"
                      + info.resource()
                      + "/"
                      + Trees.string(line, "name"));
      if (info == null
          || row == null
          || !line.containsKey("cells")
          || CHANGED_SINCE.contains(row.name())) {
        continue;
      }
      compared++;
      compare(info, row, line, different);
    }
    assertThat(compared).isGreaterThan(120);
    assertThat(different).isEmpty();
  }

  private static void compare(
      ResourceInfo info, Row row, Map<String, @Nullable Object> line, List<String> different)
      throws InvalidProtocolBufferException {
    Kind kind = Kinds.of(info.group(), info.kind());
    Message object =
        kind.parser()
            .parseFrom(ProtobufCodec.encode(Schema.message(info.messageType()), row.get()));
    TablePrinter printer = Tables.of(info.group(), info.kind());
    List<@Nullable Object> cells = printer.cells(object, NOW);
    List<?> theirs = (List<?>) line.getOrDefault("cells", List.of());
    for (int i = 0; i < cells.size(); i++) {
      String column = printer.columns().get(i).name();
      boolean volatileCell =
          ((List<?>) line.getOrDefault("volatile", List.of())).contains(column)
              || column.equals("Age");
      if (!volatileCell && !java.util.Objects.equals(cells.get(i), theirs.get(i))) {
        different.add(
            row.name() + " " + column + ": ours " + cells.get(i) + ", theirs " + theirs.get(i));
      }
    }
  }

  private static List<Map<String, @Nullable Object>> lines() {
    return RecordedObjects.lines("recorded-tables.jsonl.gz").stream()
        .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  /// The hub resource of a line, null for what is not compared.
  private static @Nullable ResourceInfo resource(Map<String, @Nullable Object> line) {
    ResourceInfo info =
        ResourceInfos.find(
                Trees.string(line, "group"),
                Trees.string(line, "version"),
                Trees.string(line, "resource"))
            .orElse(null);
    return info == null
            || CONVERTED.contains(info.apiVersion() + " " + info.kind())
                && line.containsKey("cells")
        ? null
        : info;
  }

  @ParameterizedTest
  @CsvSource({
    "-5, <invalid>",
    "-1, 0s",
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "125, 2m5s",
    "599, 9m59s",
    "600, 10m",
    "10799, 179m",
    "10800, 3h",
    "12000, 3h20m",
    "28800, 8h",
    "172799, 47h",
    "172800, 2d",
    "180000, 2d2h",
    "691200, 8d",
    "63072000, 2y",
    "63200000, 2y1d",
    "252288000, 8y"
  })
  void durationsAreShownInTwoUnitsAtMost(long seconds, String shown) {
    assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(shown);
  }
}
