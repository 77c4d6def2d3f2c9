package io.kemudi.apiserver.table;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.kinds.table.HumanDuration;
import io.kemudi.apiserver.registry.CustomVersion;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The columns of a custom resource's tables: the name, and those of its definition, or the age.
final class CustomColumns {
  private static final CustomVersion.Column AGE =
      new CustomVersion.Column("Age", "date", "", "", 0, ".metadata.creationTimestamp");

  private final List<CustomVersion.Column> columns;
  private final List<JsonPaths> paths = new ArrayList<>();

  CustomColumns(CustomVersion version) {
    columns = version.columns().isEmpty() ? List.of(AGE) : version.columns();
    columns.forEach(column -> paths.add(JsonPaths.compile(column.path())));
  }

  List<CustomVersion.Column> columns() {
    return columns;
  }

  List<@Nullable Object> cells(String name, Map<String, @Nullable Object> tree, Instant now) {
    List<@Nullable Object> cells = new ArrayList<>(columns.size() + 1);
    cells.add(name);
    for (int i = 0; i < columns.size(); i++) {
      List<@Nullable Object> found = paths.get(i).find(tree);
      Object first = found.isEmpty() ? null : found.getFirst();
      cells.add(first == null ? null : cell(columns.get(i).type(), first, now));
    }
    return cells;
  }

  /// Null where the value is not of the column's type.
  private static @Nullable Object cell(String type, Object value, Instant now) {
    return switch (type) {
      case "integer" ->
          switch (value) {
            case Long number -> number;
            case Double number -> number.longValue();
            default -> null;
          };
      case "number" -> value instanceof Number ? value : null;
      case "boolean" -> value instanceof Boolean ? value : null;
      case "date" -> value instanceof String text ? age(text, now) : null;
      default ->
          value instanceof String ? value : new String(Json.write(value), StandardCharsets.UTF_8);
    };
  }

  private static String age(String time, Instant now) {
    try {
      return HumanDuration.of(Duration.between(OffsetDateTime.parse(time).toInstant(), now));
    } catch (DateTimeException _) {
      return "<invalid>";
    }
  }
}
