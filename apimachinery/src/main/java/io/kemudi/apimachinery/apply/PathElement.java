package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One step of a path to a field, in the text form of FieldsV1: `f:NAME` a field or map entry,
/// `k:{...}` the element of a list with these keys, `v:VALUE` the element of a set, `i:N` an index.
///
/// @param value of a field its name, otherwise the JSON behind the colon
record PathElement(char kind, @Nullable Object value) implements Comparable<PathElement> {

  static PathElement field(String name) {
    return new PathElement('f', name);
  }

  String text() {
    return kind + ":" + (kind == 'f' ? value : json(value));
  }

  static PathElement keys(TreeMap<String, @Nullable Object> keys) {
    return new PathElement('k', keys);
  }

  static PathElement value(@Nullable Object value) {
    return new PathElement('v', value);
  }

  private static String json(@Nullable Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  /// @throws CodecException when the text is no path element
  static PathElement parse(String text) {
    if (text.length() < 2 || text.charAt(1) != ':') {
      throw new CodecException("\"" + text + "\" is no path element of FieldsV1");
    }
    String rest = text.substring(2);
    return switch (text.charAt(0)) {
      case 'f' -> field(rest);
      case 'k' -> {
        var keys = Json.parseObject(rest.getBytes(StandardCharsets.UTF_8));
        yield new PathElement('k', new TreeMap<String, @Nullable Object>(keys));
      }
      case 'v' -> new PathElement('v', Json.parse(rest.getBytes(StandardCharsets.UTF_8)));
      case 'i' -> new PathElement('i', Json.parse(rest.getBytes(StandardCharsets.UTF_8)));
      default -> throw new CodecException("\"" + text + "\" is no path element of FieldsV1");
    };
  }

  /// Upstream's order, in which FieldsV1 is written: fields, keys, values, indexes.
  @Override
  public int compareTo(PathElement other) {
    if (kind != other.kind) {
      return Integer.compare("fkvi".indexOf(kind), "fkvi".indexOf(other.kind));
    }
    return compare(value, other.value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PathElement element && compareTo(element) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }

  private static int compare(@Nullable Object a, @Nullable Object b) {
    return switch (a) {
      case Long x when b instanceof Long y -> Long.compare(x, y);
      case Number x when b instanceof Number y -> Double.compare(x.doubleValue(), y.doubleValue());
      case String x when b instanceof String y -> x.compareTo(y);
      case Boolean x when b instanceof Boolean y -> Boolean.compare(x, y);
      case Map<?, ?> x when b instanceof Map<?, ?> y -> compareKeys(x, y);
      case null, default -> {
        int byRank = Integer.compare(rank(a), rank(b));
        yield byRank != 0 ? byRank : json(a).compareTo(json(b));
      }
    };
  }

  private static int rank(@Nullable Object value) {
    return switch (value) {
      case Number _ -> 0;
      case String _ -> 1;
      case Boolean _ -> 2;
      case null -> 4;
      default -> 3;
    };
  }

  /// Both are sorted by name.
  private static int compareKeys(Map<?, ?> a, Map<?, ?> b) {
    Iterator<? extends Map.Entry<?, ?>> left = a.entrySet().iterator();
    Iterator<? extends Map.Entry<?, ?>> right = b.entrySet().iterator();
    while (left.hasNext() && right.hasNext()) {
      Map.Entry<?, ?> x = left.next();
      Map.Entry<?, ?> y = right.next();
      int byName = ((String) x.getKey()).compareTo((String) y.getKey());
      int order = byName != 0 ? byName : compare(x.getValue(), y.getValue());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  /// As conflicts show it: `.name`, `[name="c"]`, `[="x"]`, `[3]`.
  String shown() {
    return switch (kind) {
      case 'f' -> "." + value;
      case 'k' -> {
        var keys = new StringBuilder();
        Trees.object(value, "keys")
            .forEach((key, item) ->
                keys.append(keys.isEmpty() ? "[" : ",").append(key).append('=').append(json(item)));
        yield keys + "]";
      }
      case 'v' -> "[=" + json(value) + "]";
      default -> "[" + json(value) + "]";
    };
  }
}
