package io.kemudi.apiserver.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// What the columns of Tables tell, in our own words: a line `NAME: text` each in `columns.txt`. A
/// column of one name tells alike things of every kind.
final class ColumnDescriptions {
  private static final Map<String, String> BY_NAME = read();

  private ColumnDescriptions() {}

  /// "" for a column that nobody has described.
  static String of(String column) {
    return BY_NAME.getOrDefault(column, "");
  }

  private static Map<String, String> read() {
    Map<String, String> descriptions = new HashMap<>();
    try (InputStream file = ColumnDescriptions.class.getResourceAsStream("columns.txt");
        var lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(": ");
        if (colon > 0) {
          descriptions.put(line.substring(0, colon), line.substring(colon + 2));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading columns.txt", e);
    }
    return Map.copyOf(descriptions);
  }
}
