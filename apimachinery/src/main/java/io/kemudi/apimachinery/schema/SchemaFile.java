package io.kemudi.apimachinery.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one schema file into lines; the form is described in `proto/README.md`.
final class SchemaFile {
  record MessageLines(List<String> flags, List<FieldLine> fields) {}

  /// One field's line, its words still unread but for the type.
  record FieldLine(
      String name,
      int number,
      FieldType.Shape shape,
      FieldType.Kind kind,
      String messageName,
      List<String> words) {

    boolean flag(String word) {
      return words.contains(word);
    }

    @Nullable String value(String attribute) {
      for (String word : words) {
        if (word.length() > attribute.length()
            && word.charAt(attribute.length()) == '='
            && word.startsWith(attribute)) {
          return word.substring(attribute.length() + 1);
        }
      }
      return null;
    }

    List<String> values(String attribute, char separator) {
      String value = value(attribute);
      return value == null ? List.of() : split(value, separator);
    }
  }

  private SchemaFile() {}

  /// The messages of a package, full name -> lines; null when there is no such package.
  static @Nullable Map<String, MessageLines> read(String alias) {
    try (InputStream in =
        SchemaFile.class.getResourceAsStream("/io/kemudi/schema/" + alias + ".schema")) {
      return in == null ? null : parse(alias, in);
    } catch (IOException e) {
      throw new UncheckedIOException("reading schema " + alias, e);
    }
  }

  private static Map<String, MessageLines> parse(String alias, InputStream in) throws IOException {
    var messages = new HashMap<String, MessageLines>();
    List<FieldLine> fields = new ArrayList<>();
    try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("message ")) {
          List<String> words = split(line, ' ');
          fields = new ArrayList<>();
          messages.put(
              alias + "." + words.get(1),
              new MessageLines(List.copyOf(words.subList(2, words.size())), fields));
        } else if (line.startsWith("  ")) {
          fields.add(field(alias, split(line.strip(), ' ')));
        }
      }
    }
    return messages;
  }

  private static FieldLine field(String alias, List<String> words) {
    String type = words.get(2);
    FieldType.Shape shape = FieldType.Shape.VALUE;
    if (type.startsWith("map[string]")) {
      shape = FieldType.Shape.MAP;
      type = type.substring("map[string]".length());
    } else if (type.startsWith("[]")) {
      shape = FieldType.Shape.LIST;
      type = type.substring(2);
    } else if (type.startsWith("*")) {
      shape = FieldType.Shape.POINTER;
      type = type.substring(1);
    }
    FieldType.Kind kind =
        switch (type) {
          case "string" -> FieldType.Kind.STRING;
          case "int32" -> FieldType.Kind.INT32;
          case "int64" -> FieldType.Kind.INT64;
          case "bool" -> FieldType.Kind.BOOL;
          case "double" -> FieldType.Kind.DOUBLE;
          case "bytes" -> FieldType.Kind.BYTES;
          default -> FieldType.Kind.MESSAGE;
        };
    String message = "";
    if (kind == FieldType.Kind.MESSAGE) {
      message = type.indexOf('.') < 0 ? alias + "." + type : type;
    }
    return new FieldLine(
        words.get(0),
        Integer.parseInt(words.get(1)),
        shape,
        kind,
        message,
        List.copyOf(words.subList(3, words.size())));
  }

  private static List<String> split(String text, char separator) {
    var words = new ArrayList<String>();
    int start = 0;
    for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
      words.add(text.substring(start, end));
      start = end + 1;
    }
    words.add(text.substring(start));
    return words;
  }
}
