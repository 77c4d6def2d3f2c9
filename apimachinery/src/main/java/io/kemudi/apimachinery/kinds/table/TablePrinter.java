package io.kemudi.apimachinery.kinds.table;

import com.google.protobuf.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The columns of a kind's table and the cells of an object in it. Immutable.
public final class TablePrinter {
  /// `type` is that of OpenAPI; `format` is "name" for the name. Columns of priority 1 are shown by
  /// `-o wide` only.
  public record Column(String name, String type, String format, int priority) {}

  private record Cell(Column column, BiFunction<Message, Instant, @Nullable Object> value) {}

  private final List<Cell> cells;

  private TablePrinter(List<Cell> cells) {
    this.cells = List.copyOf(cells);
  }

  public List<Column> columns() {
    return cells.stream().map(Cell::column).toList();
  }

  /// Strings, Longs and Booleans, one for each column. `now` is what ages count to.
  public List<@Nullable Object> cells(Message object, Instant now) {
    List<@Nullable Object> row = new ArrayList<>(cells.size());
    for (Cell cell : cells) {
      Object value = cell.value.apply(object, now);
      row.add(value instanceof Integer number ? (Object) number.longValue() : value);
    }
    return row;
  }

  /// Builds the printer of the kind whose messages are `M`.
  static final class Builder<M extends Message> {
    private final List<Cell> cells = new ArrayList<>();

    Builder<M> name(Function<M, String> value) {
      return add("Name", "string", "name", 0, (object, now) -> value.apply(object));
    }

    Builder<M> text(String name, Function<M, @Nullable Object> value) {
      return add(name, "string", "", 0, (object, now) -> value.apply(object));
    }

    /// Shown by `-o wide`.
    Builder<M> wide(String name, Function<M, @Nullable Object> value) {
      return add(name, "string", "", 1, (object, now) -> value.apply(object));
    }

    Builder<M> number(String name, Function<M, @Nullable Object> value) {
      return add(name, "integer", "", 0, (object, now) -> value.apply(object));
    }

    Builder<M> flag(String name, Function<M, @Nullable Object> value) {
      return add(name, "boolean", "", 0, (object, now) -> value.apply(object));
    }

    /// A text that depends on the time.
    Builder<M> since(String name, BiFunction<M, Instant, @Nullable Object> value) {
      return add(name, "string", "", 0, value);
    }

    @SuppressWarnings("unchecked")
    Builder<M> add(
        String name,
        String type,
        String format,
        int priority,
        BiFunction<M, Instant, @Nullable Object> value) {
      cells.add(
          new Cell(
              new Column(name, type, format, priority),
              (object, now) -> value.apply((M) object, now)));
      return this;
    }

    TablePrinter build() {
      return new TablePrinter(cells);
    }
  }
}
