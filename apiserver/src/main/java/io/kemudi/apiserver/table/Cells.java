package io.kemudi.apiserver.table;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks into one object's tree for what its cells show. Paths are keys of objects, as
/// `spec.template.metadata`; what is absent reads as empty.
record Cells(Map<?, ?> tree, Instant now) {
  static final String NONE = "<none>";

  @Nullable Object at(String path) {
    Object value = tree;
    for (String key : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  Cells in(Object part) {
    return new Cells(part instanceof Map<?, ?> map ? map : Map.of(), now);
  }

  String text(String path) {
    return text(path, "");
  }

  String text(String path, String otherwise) {
    Object value = at(path);
    return value == null || value.equals("") ? otherwise : value.toString();
  }

  long number(String path) {
    return at(path) instanceof Number number ? number.longValue() : 0;
  }

  boolean flag(String path) {
    return Boolean.TRUE.equals(at(path));
  }

  List<Cells> list(String path) {
    List<Cells> parts = new ArrayList<>();
    if (at(path) instanceof List<?> list) {
      for (Object part : list) {
        parts.add(in(part == null ? Map.of() : part));
      }
    }
    return parts;
  }

  Map<String, @Nullable Object> map(String path) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    if (at(path) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    }
    return sorted;
  }

  long size(String path) {
    return switch (at(path)) {
      case Map<?, ?> map -> map.size();
      case List<?> list -> list.size();
      case null, default -> 0;
    };
  }

  /// The time since a stamp, in the short form.
  String age(String path) {
    Instant then = time(path);
    return then == null ? "<unknown>" : Ages.shortly(Duration.between(then, now));
  }

  @Nullable Instant time(String path) {
    try {
      return at(path) instanceof String stamp ? Instant.parse(stamp) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  String joined(String path, Function<Cells, String> each) {
    List<String> parts = new ArrayList<>();
    for (Cells part : list(path)) {
      parts.add(each.apply(part));
    }
    return String.join(",", parts);
  }

  static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  /// `a=b,c=d`, or `<none>`.
  String labels(String path) {
    List<String> parts = new ArrayList<>();
    map(path).forEach((key, value) -> parts.add(key + "=" + value));
    return orNone(String.join(",", parts));
  }

  /// A LabelSelector in the words of selectors: `app=web,!gone,tier in (a,b)`.
  String selector(String path) {
    Map<String, String> requirements = new LinkedHashMap<>();
    map(path + ".matchLabels").forEach((key, value) -> requirements.put(key, key + "=" + value));
    for (Cells each : list(path + ".matchExpressions")) {
      String key = each.text("key");
      List<String> values = new ArrayList<>();
      if (each.at("values") instanceof Collection<?> all) {
        all.stream().map(String::valueOf).sorted().forEach(values::add);
      }
      String set = " (" + String.join(",", values) + ")";
      requirements.put(
          key,
          switch (each.text("operator")) {
            case "Exists" -> key;
            case "DoesNotExist" -> "!" + key;
            case "In" -> key + " in" + set;
            default -> key + " notin" + set;
          });
    }
    return orNone(String.join(",", new TreeMap<>(requirements).values()));
  }
}
