package io.kemudi.apimachinery.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON text and trees: `Map<String, Object>` in the order of the text, `List<Object>`, String,
/// Long (whole numbers within 64 bits), Double, Boolean, null.
public final class Json {
  /// Nesting beyond this is refused. Upstream allows 10,000, which no API type and no known client
  /// comes near; a reader that calls itself must stay within a thread's stack.
  public static final int MAX_DEPTH = 512;

  /// A value, and a sentence for each key that an object had twice (the last one counts), in
  /// upstream's words: `duplicate field "spec.containers[0].name"` of JSON, `line 5: key "name"
  /// already set in map` of YAML.
  public record Parsed(@Nullable Object value, List<String> duplicates) {}

  private Json() {}

  /// @throws CodecException naming line and column, when the text is not exactly one JSON value
  public static @Nullable Object parse(byte[] text) {
    return parseStrict(text).value();
  }

  /// As [#parse(byte[])], for an object.
  public static Map<String, @Nullable Object> parseObject(byte[] text) {
    return Trees.object(parse(text), "JSON text");
  }

  /// As [#parse(byte[])], telling of duplicate keys too.
  public static Parsed parseStrict(byte[] text) {
    return new JsonReader(text, 0, text.length).readAll();
  }

  static @Nullable Object parse(byte[] text, int from, int to) {
    return new JsonReader(text, from, to).readAll().value();
  }

  /// Compact, as Go's encoding/json writes; keys in the order of the maps.
  public static byte[] write(@Nullable Object tree) {
    var out = new JsonOutput();
    write(tree, out);
    return out.toByteArray();
  }

  public static void write(@Nullable Object tree, JsonOutput out) {
    new TreeWriter(out, false).write(tree, 0);
  }

  /// As [#write(Object)] with the keys of every object sorted, as Go writes maps: the form of
  /// custom resources.
  public static byte[] writeSorted(@Nullable Object tree) {
    var out = new JsonOutput();
    writeSorted(tree, out);
    return out.toByteArray();
  }

  public static void writeSorted(@Nullable Object tree, JsonOutput out) {
    new TreeWriter(out, true).write(tree, 0);
  }

  /// Compact JSON laid out over lines, two spaces per level, as `?pretty=true` answers.
  public static byte[] indent(byte[] compact) {
    var out = new JsonOutput(compact.length * 2);
    int depth = 0;
    for (int at = 0; at < compact.length; at++) {
      byte b = compact[at];
      switch (b) {
        case '"' -> {
          int end = stringEnd(compact, at);
          out.raw(compact, at, end);
          at = end - 1;
        }
        case '{', '[' -> {
          out.raw(b);
          if (compact[at + 1] == '}' || compact[at + 1] == ']') {
            out.raw(compact[++at]);
          } else {
            newLine(out, ++depth);
          }
        }
        case '}', ']' -> {
          newLine(out, --depth);
          out.raw(b);
        }
        case ',' -> {
          out.raw(b);
          newLine(out, depth);
        }
        case ':' -> {
          out.raw(b);
          out.raw(' ');
        }
        default -> out.raw(b);
      }
    }
    return out.toByteArray();
  }

  private static int stringEnd(byte[] json, int start) {
    int at = start + 1;
    while (json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static void newLine(JsonOutput out, int depth) {
    out.raw('\n');
    for (int i = 0; i < depth; i++) {
      out.raw(' ');
      out.raw(' ');
    }
  }

  /// Writes trees.
  private record TreeWriter(JsonOutput out, boolean sorted) {
    void write(@Nullable Object tree, int depth) {
      if (depth > MAX_DEPTH) {
        throw new CodecException("tree is nested more than " + MAX_DEPTH + " deep");
      }
      switch (tree) {
        case null -> out.nil();
        case String text -> out.string(text);
        case Boolean bool -> out.bool(bool);
        case Double number -> out.number(number.doubleValue());
        case Long number -> out.number(number.longValue());
        case Integer number -> out.number(number.longValue());
        case Map<?, ?> map -> object(map, depth);
        case List<?> list -> array(list, depth);
        default -> throw new CodecException("no JSON form for " + tree.getClass().getName());
      }
    }

    private void object(Map<?, ?> map, int depth) {
      char separator = '{';
      if (sorted && map.size() > 1) {
        var keys = new ArrayList<String>(map.size());
        map.keySet().forEach(key -> keys.add((String) key));
        keys.sort(Utf8.ORDER);
        for (String key : keys) {
          entry(separator, key, map.get(key), depth);
          separator = ',';
        }
      } else {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          entry(separator, (String) entry.getKey(), entry.getValue(), depth);
          separator = ',';
        }
      }
      if (separator == '{') {
        out.raw('{');
      }
      out.raw('}');
    }

    private void entry(char separator, String key, @Nullable Object value, int depth) {
      out.raw(separator);
      out.string(key);
      out.raw(':');
      write(value, depth + 1);
    }

    private void array(List<?> list, int depth) {
      out.raw('[');
      for (int i = 0; i < list.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        write(list.get(i), depth + 1);
      }
      out.raw(']');
    }
  }
}
