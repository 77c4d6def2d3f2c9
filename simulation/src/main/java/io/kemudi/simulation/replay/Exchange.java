package io.kemudi.simulation.replay;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One recorded request with its reply: an element of a scenario's `exchanges`.
///
/// @param number its index, from 0
/// @param fields as recorded
record Exchange(String scenario, int number, Map<String, ?> fields) {
  boolean has(String field) {
    return fields.containsKey(field);
  }

  @Nullable Object get(String field) {
    return fields.get(field);
  }

  String text(String field) {
    return Objects.requireNonNull(fields.get(field), field).toString();
  }

  /// "" when there is none.
  String textOrEmpty(String field) {
    return fields.get(field) instanceof String text ? text : "";
  }

  int status() {
    return ((Long) Objects.requireNonNull(fields.get("status"), "status")).intValue();
  }

  Map<?, ?> headers(String field) {
    return fields.get(field) instanceof Map<?, ?> map ? map : Map.of();
  }

  /// The frames of a watch; null when it is none.
  @Nullable List<?> frames() {
    return fields.get("frames") instanceof List<?> list ? list : null;
  }

  /// `scenario#n`, as the reviewed files name it.
  String id() {
    return scenario + "#" + number;
  }

  @Override
  public String toString() {
    return has("path")
        ? id() + " " + textOrEmpty("method") + " " + textOrEmpty("path")
        : id() + " " + textOrEmpty("command");
  }
}
