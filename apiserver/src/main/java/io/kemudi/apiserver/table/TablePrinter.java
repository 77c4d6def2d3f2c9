package io.kemudi.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How one kind is shown: its columns, and an object's cells in their order.
final class TablePrinter {
  /// @param priority 1 for columns that only `-o wide` shows
  record Column(String name, String type, int priority) {}

  private final List<Column> columns = new ArrayList<>();
  private final List<Function<Cells, @Nullable Object>> cells = new ArrayList<>();

  /// A printer that begins with the object's name.
  static TablePrinter named() {
    return new TablePrinter().text("Name", each -> each.text("metadata.name"));
  }

  TablePrinter text(String name, Function<Cells, @Nullable Object> cell) {
    return column(name, "string", 0, cell);
  }

  TablePrinter text(String name, String path) {
    return text(name, each -> each.text(path));
  }

  TablePrinter number(String name, String path) {
    return column(name, "integer", 0, each -> each.number(path));
  }

  TablePrinter wide(String name, Function<Cells, @Nullable Object> cell) {
    return column(name, "string", 1, cell);
  }

  TablePrinter age() {
    return text("Age", each -> each.age("metadata.creationTimestamp"));
  }

  TablePrinter column(
      String name, String type, int priority, Function<Cells, @Nullable Object> cell) {
    columns.add(new Column(name, type, priority));
    cells.add(cell);
    return this;
  }

  /// The containers of a pod template, for `-o wide`.
  TablePrinter containers(String template) {
    wide("Containers", each -> each.joined(template + ".spec.containers", c -> c.text("name")));
    return wide("Images", each -> each.joined(template + ".spec.containers", c -> c.text("image")));
  }

  List<Column> columns() {
    return columns;
  }

  List<@Nullable Object> cells(Cells object) {
    List<@Nullable Object> row = new ArrayList<>(cells.size());
    for (Function<Cells, @Nullable Object> cell : cells) {
      row.add(cell.apply(object));
    }
    return row;
  }
}
