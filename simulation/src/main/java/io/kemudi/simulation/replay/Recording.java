package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// One file of scenarios: JSON, a scenario a line.
record Recording(String name, List<Scenario> scenarios) {
  private static final String LINES = ".jsonl";
  private static final String ZIPPED = ".jsonl.gz";

  Recording {
    scenarios = List.copyOf(scenarios);
  }

  /// The recordings of a folder (or of its `behaviour`), by name. Files of another form are left
  /// out: the folder `recorded` has several.
  ///
  /// @throws IOException when there are none, naming the folder
  static List<Recording> in(Path folder) throws IOException {
    Path behaviour = folder.resolve("behaviour");
    Path from = Files.isDirectory(behaviour) ? behaviour : folder;
    var found = new ArrayList<Recording>();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if ((name.endsWith(LINES) || name.endsWith(ZIPPED)) && isScenarios(file)) {
          try (InputStream in = open(file)) {
            found.add(read(name.substring(0, name.indexOf(LINES)), in));
          }
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException(from + " holds no *.jsonl of scenarios");
    }
    return found;
  }

  /// @param in the lines, not compressed
  /// @throws IOException naming the line that is no scenario
  static Recording read(String name, InputStream in) throws IOException {
    var scenarios = new ArrayList<Scenario>();
    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      try {
        scenarios.add(Scenario.of(Json.parseObject(line.getBytes(StandardCharsets.UTF_8))));
      } catch (CodecException | IllegalArgumentException | ClassCastException e) {
        throw new IOException(name + " line " + number + ": " + e.getMessage(), e);
      }
    }
    return new Recording(name, scenarios);
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
  }

  private static boolean isScenarios(Path file) throws IOException {
    try (var lines =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
      String first = lines.readLine();
      return first != null
          && Json.parse(first.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> map
          && map.containsKey("scenario")
          && map.containsKey("exchanges");
    } catch (CodecException _) {
      return false;
    }
  }
}
