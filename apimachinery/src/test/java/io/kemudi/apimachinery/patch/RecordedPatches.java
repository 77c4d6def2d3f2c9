package io.kemudi.apimachinery.patch;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.RecordedObjects;
import io.kemudi.apimachinery.codec.Trees;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Patches that were sent to a Kubernetes 1.36.2 API server, with its answers.
public final class RecordedPatches {
  /// One request and its answer.
  public record Exchange(Map<String, @Nullable Object> parts) {
    public String text(String key) {
      return Trees.string(parts, key);
    }

    public String method() {
      return text("method");
    }

    public String contentType() {
      return text("contentType");
    }

    public long status() {
      return parts.get("status") instanceof Long code ? code : 0;
    }

    public @Nullable Object body() {
      return parts.get("body");
    }

    public @Nullable Map<String, @Nullable Object> response() {
      return Trees.objectOrNull(parts.get("responseBody"));
    }

    /// The value of a query parameter, "" when absent.
    public String query(String name) {
      int at = text("path").indexOf(name + "=");
      return at < 0 ? "" : text("path").substring(at + name.length() + 1).split("&")[0];
    }
  }

  public record Scenario(String name, List<Exchange> exchanges) {}

  private RecordedPatches() {}

  /// The recording counts times where the server wrote them: the seconds of a minute will do.
  private static String times(String line) {
    return Pattern.compile("<time:(\\d+)>")
        .matcher(line)
        .replaceAll(at -> "2026-01-01T00:00:%02dZ".formatted(Integer.parseInt(at.group(1))));
  }

  public static List<Scenario> all() {
    var scenarios = new ArrayList<Scenario>();
    for (String line : RecordedObjects.lines("recorded-patches.jsonl.gz")) {
      var scenario = Json.parseObject(times(line).getBytes(StandardCharsets.UTF_8));
      var exchanges = new ArrayList<Exchange>();
      for (Object exchange : (List<?>) scenario.getOrDefault("exchanges", List.of())) {
        exchanges.add(new Exchange(Trees.object(exchange, "exchange")));
      }
      scenarios.add(new Scenario(Trees.string(scenario, "scenario"), exchanges));
    }
    return scenarios;
  }
}
